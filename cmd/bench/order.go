package main

import "time"

// order is a record of 14 columns.
type order struct {
	ID        int64      `json:"id"`
	AccountID string     `json:"account_id"`
	Name      string     `json:"name"`
	Email     *string    `json:"email"`
	Phone     *string    `json:"phone"`
	Status    string     `json:"status"`
	Amount    float64    `json:"amount"`
	Discount  *float64   `json:"discount"`
	Quantity  int        `json:"quantity"`
	Active    bool       `json:"active"`
	Country   *string    `json:"country"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt *time.Time `json:"updated_at"`
	Notes     *string    `json:"notes"`
}

// orderSchema has no "required": Mage looks at one column at a time, so that all its
// records would be refused.
const orderSchema = `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
	"id": {"type": "integer", "minimum": 1},
	"account_id": {"type": "string", "minLength": 36, "maxLength": 36},
	"name": {"type": "string", "minLength": 1, "maxLength": 120},
	"email": {"type": ["null", "string"], "format": "email"},
	"phone": {"type": ["null", "string"], "maxLength": 32},
	"status": {"type": "string", "enum": ["new", "paid", "packed", "sent", "returned"]},
	"amount": {"type": "number", "minimum": 0, "maximum": 1000000},
	"discount": {"type": ["null", "number"], "minimum": 0, "maximum": 1},
	"quantity": {"type": "integer", "minimum": 0, "maximum": 10000},
	"active": {"type": "boolean"},
	"country": {"type": ["null", "string"], "minLength": 2, "maxLength": 2},
	"created_at": {"type": "string", "format": "date-time"},
	"updated_at": {"type": ["null", "string"], "format": "date-time"},
	"notes": {"type": ["null", "string"], "maxLength": 1000}}}`

func fillOrder(r *row, n int) {
	random := r.random
	r.put("id", "%d", n)
	r.putText("account_id", uuid(random))
	r.putText("name", personName(random))
	r.putNullable("email", `"%s"`, email(random))
	r.putNullable("phone", `"+49 30 %07d"`, random.IntN(10_000_000))
	r.putText("status", pick(random, "new", "paid", "packed", "sent", "returned"))
	r.put("amount", "%d.%02d", random.IntN(100_000), random.IntN(100))
	r.putNullable("discount", "0.%d", 1+random.IntN(99))
	r.put("quantity", "%d", random.IntN(1_000))
	r.put("active", "%t", random.IntN(2) == 0)
	r.putNullable("country", `"%s"`, pick(random, "DE", "PL", "ES", "JP", "NG", "NO"))
	r.putText("created_at", moment(random))
	r.putNullable("updated_at", `"%s"`, moment(random))
	r.putNullable("notes", "%s", r.quoted(sentence(random, random.IntN(13))))
}
