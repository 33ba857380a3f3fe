package figures

import (
	"math"
	"strconv"
)

// Short is a ratio in three digits; what is not known is a dash.
func Short(x float64) string {
	if x <= 0 {
		return "-"
	}
	digits := max(0, 2-int(math.Floor(math.Log10(x))))
	return strconv.FormatFloat(x, 'f', min(digits, 3), 64)
}

// Whole is a number without a fraction, its thousands apart; what is not known is a
// dash.
func Whole(x float64) string {
	if x <= 0 {
		return "-"
	}
	digits := strconv.FormatFloat(x, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
