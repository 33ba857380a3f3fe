package base

import (
	"errors"
)

// testConnection answers --test_connection (11.1 of Mage's contract).
func (r *run) testConnection() error {
	if r.can.tester == nil && r.can.opener == nil && r.can.closer == nil {
		return &usageError{errors.New("there is nothing to test: the connector has neither TestConnection nor Open")}
	}
	r.log.Info("Testing connection...")
	err := r.ready()
	if err == nil && r.can.tester != nil {
		err = r.author(r.can.tester.TestConnection)
	}
	if closeErr := r.close(); err == nil {
		err = closeErr
	}
	return err
}
