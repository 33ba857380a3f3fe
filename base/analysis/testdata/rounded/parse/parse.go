// Package parse is a helper of a connector that knows nothing of base.
package parse

import "strconv"

func Float(text string) (float64, error) { // want Float:`parameter 0 is read as a float64`
	return strconv.ParseFloat(text, 64)
}
