// Package figures holds what benchmarks see of processes, and how they tell it.
package figures

import (
	"cmp"
	"slices"
	"time"
)

// Sample is what one process took.
type Sample struct {
	CPU     time.Duration `json:"cpu_ns"` // user and system
	Wall    time.Duration `json:"wall_ns"`
	PeakKiB int64         `json:"peak_kib"` // 0 where the system does not tell
}

// CPU, Wall and PeakKiB are what of samples a median is taken of.
func CPU(s Sample) time.Duration  { return s.CPU }
func Wall(s Sample) time.Duration { return s.Wall }
func PeakKiB(s Sample) int64      { return s.PeakKiB }

// Median is the middle one, or the mean of the two in the middle; 0 of none.
func Median[T ~int64](samples []Sample, of func(Sample) T) T {
	values := sorted(samples, of)
	if n := len(values); n > 0 {
		return (values[(n-1)/2] + values[n/2]) / 2
	}
	return 0
}

// Spread is how far the least and the most are apart, over the median; 0 of none.
func Spread[T ~int64](samples []Sample, of func(Sample) T) float64 {
	values := sorted(samples, of)
	if len(values) == 0 {
		return 0
	}
	return Ratio(float64(values[len(values)-1]-values[0]), float64(Median(samples, of)))
}

func sorted[T cmp.Ordered](samples []Sample, of func(Sample) T) []T {
	var values []T
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values
}

// Ratio is a over b, 0 if there is no b.
func Ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}
