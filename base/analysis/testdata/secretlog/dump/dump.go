// Package dump is a helper of a connector that knows nothing of base.
package dump

import "log"

func Debug(what string) { // want Debug:`parameter 0 is logged`
	log.Println("debug:", what)
}

func Header(token string) string { return "Bearer " + token } // want Header:`result 0 holds parameter 0`

func Size(token string) int { return len(token) }
