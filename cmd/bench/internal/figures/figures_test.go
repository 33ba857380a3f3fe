package figures

import (
	"testing"
	"time"
)

func TestMedianIsTheMiddle(t *testing.T) {
	tests := []struct {
		values []time.Duration
		want   time.Duration
	}{
		{nil, 0}, {[]time.Duration{7}, 7}, {[]time.Duration{9, 1}, 5}, {[]time.Duration{100, 1, 3}, 3}, {[]time.Duration{4, 1, 3, 1000}, 3},
	}
	for _, test := range tests {
		var samples []Sample
		for _, v := range test.values {
			samples = append(samples, Sample{CPU: v})
		}
		if got := Median(samples, CPU); got != test.want {
			t.Errorf("median of %d: %d, want %d", test.values, got, test.want)
		}
	}
}

func TestSpreadIsOverTheMedian(t *testing.T) {
	if got := Spread([]Sample{{Wall: 10}, {Wall: 30}, {Wall: 20}}, Wall); got != 1 {
		t.Errorf("%v, want 1", got)
	}
	if got := Spread(nil, Wall); got != 0 {
		t.Errorf("of none: %v", got)
	}
}

func TestRatiosHaveThreeDigits(t *testing.T) {
	for x, want := range map[float64]string{0: "-", -1: "-", 0.0123: "0.012", 0.166: "0.166", 1: "1.00", 5.074: "5.07", 70.4: "70.4", 424.4: "424", 2433: "2433"} {
		if got := Short(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
	for x, want := range map[float64]string{0: "-", 7: "7", 999: "999", 1000: "1,000", 18852949: "18,852,949"} {
		if got := Whole(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
}
