package main

import (
	"encoding/json"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

type byReflection struct {
	ID      int64        `json:"id"`
	Name    string       `json:"name"`
	Email   string       `json:"email"`
	City    *string      `json:"city"`
	Total   json.Number  `json:"total"`
	Tax     json.Number  `json:"tax"`
	Paid    bool         `json:"paid"`
	Note    *string      `json:"note"`
	SKU     string       `json:"sku"`
	Count   int64        `json:"count"`
	Created string       `json:"created"`
	Updated string       `json:"updated"`
	Country string       `json:"country"`
	Score   *json.Number `json:"score"`
}

func record(b *testing.B) base.Record {
	b.Helper()
	r, err := base.NewRecord([]byte(`{"id": 12345, "name": "Ada Lovelace", "email": "ada@example.com", "city": "London", "total": 1234.50, "tax": 0.19, "paid": true,
		"note": null, "sku": "A-1002-B", "count": 3, "created": "2026-01-02T03:04:05Z", "updated": "2026-01-02T03:04:05.678Z", "country": "GB", "score": 0.25}`))
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func BenchmarkGenerated(b *testing.B) {
	r := record(b)
	for b.Loop() {
		if _, err := DecodeOrdersRecord(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReflection(b *testing.B) {
	r := record(b)
	for b.Loop() {
		if _, err := base.Decode[byReflection](r); err != nil {
			b.Fatal(err)
		}
	}
}
