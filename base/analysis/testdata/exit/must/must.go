// Package must is a helper of a connector that knows nothing of base.
package must

import "log"

func Do(err error) { // want Do:`calls log.Fatalf`
	if err != nil {
		log.Fatalf("failed: %v", err)
	}
}

func Panic(err error) {
	if err != nil {
		panic(err)
	}
}
