// Package send is a helper of a connector that knows nothing of base.
package send

import (
	"errors"
	"log"
)

func post(b []byte) error { return errors.New("away") }

func Quietly(b []byte) error { // want Quietly:`drops an error`
	if err := post(b); err != nil {
		log.Print(err)
		return nil
	}
	return nil
}

func Deep(b []byte) error { return Quietly(b) } // want Deep:`drops an error`

func Loudly(b []byte) error { return post(b) }
