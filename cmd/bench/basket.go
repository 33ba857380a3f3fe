package main

import (
	"fmt"
	"strings"
	"time"
)

// basket is a record of objects and arrays.
type basket struct {
	ID        int64             `json:"id"`
	Customer  customer          `json:"customer"`
	Items     []item            `json:"items"`
	Labels    []string          `json:"labels"`
	Matrix    [][]int           `json:"matrix"`
	Extra     map[string]string `json:"extra"`
	Payment   *payment          `json:"payment"`
	CreatedAt time.Time         `json:"created_at"`
}

type customer struct {
	Name    string  `json:"name"`
	Email   *string `json:"email"`
	Address struct {
		Street string `json:"street"`
		City   string `json:"city"`
		Place  struct {
			Lat float64 `json:"lat"`
			Lon float64 `json:"lon"`
		} `json:"place"`
	} `json:"address"`
}

type item struct {
	SKU      string   `json:"sku"`
	Quantity int      `json:"quantity"`
	Price    float64  `json:"price"`
	Tags     []string `json:"tags"`
}

type payment struct {
	Method string   `json:"method"`
	Fee    *float64 `json:"fee"`
}

const basketSchema = `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
	"id": {"type": "integer", "minimum": 1},
	"customer": {"type": "object", "required": ["name", "address"], "properties": {
		"name": {"type": "string", "minLength": 1, "maxLength": 120},
		"email": {"type": ["null", "string"], "format": "email"},
		"address": {"type": "object", "required": ["city"], "properties": {
			"street": {"type": "string", "maxLength": 200},
			"city": {"type": "string", "maxLength": 100},
			"place": {"type": "object", "properties": {
				"lat": {"type": "number", "minimum": -90, "maximum": 90},
				"lon": {"type": "number", "minimum": -180, "maximum": 180}}}}}}},
	"items": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"type": "object", "required": ["sku", "quantity"], "properties": {
		"sku": {"type": "string", "minLength": 3, "maxLength": 40},
		"quantity": {"type": "integer", "minimum": 1},
		"price": {"type": "number", "minimum": 0},
		"tags": {"type": "array", "items": {"type": "string"}}}}},
	"labels": {"type": "array", "items": {"type": "string", "maxLength": 40}},
	"matrix": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
	"extra": {"type": ["null", "object"], "additionalProperties": {"type": "string"}},
	"payment": {"type": ["null", "object"], "properties": {
		"method": {"type": "string", "enum": ["card", "cash", "transfer"]},
		"fee": {"type": ["null", "number"]}}},
	"created_at": {"type": "string", "format": "date-time"}}}`

func fillBasket(r *row, n int) {
	random := r.random
	r.put("id", "%d", n)
	r.put("customer", `{"name":%s,"email":"%s","address":{"street":"Main Street %d","city":"%s","place":{"lat":%d.%04d,"lon":%d.%04d}}}`,
		r.quoted(personName(random)), email(random), random.IntN(200), pick(random, "Berlin", "Kraków", "Lagos", "Osaka"),
		random.IntN(178)-89, random.IntN(10_000), random.IntN(358)-179, random.IntN(10_000))
	r.put("items", "[%s]", several(1+random.IntN(6), func() string {
		return fmt.Sprintf(`{"sku":"SKU-%05d","quantity":%d,"price":%d.%02d,"tags":[%s]}`, random.IntN(100_000), 1+random.IntN(9),
			random.IntN(500), random.IntN(100), several(random.IntN(3), func() string { return pick(random, `"red"`, `"large"`, `"sale"`) }))
	}))
	r.put("labels", "[%s]", several(random.IntN(5), func() string { return pick(random, `"gift"`, `"fragile"`, `"express"`, `"café"`) }))
	r.put("matrix", "[%s]", several(3, func() string { return fmt.Sprintf("[%d,%d,%d]", random.IntN(10), random.IntN(100), random.IntN(1_000)) }))
	r.putNullable("extra", `{"channel":"%s","note":%s}`, pick(random, "web", "phone"), r.quoted(sentence(random, random.IntN(8))))
	r.putNullable("payment", `{"method":"%s","fee":%s}`, pick(random, "card", "cash", "transfer"), pick(random, "null", "0.35", "1.2"))
	r.putText("created_at", moment(random))
}

// several is a list of n texts.
func several(n int, text func() string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = text()
	}
	return strings.Join(list, ",")
}
