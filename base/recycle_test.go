package base

import "testing"

func TestGarbageMayGrowWithWhatIsNoBatch(t *testing.T) {
	const mib = 1 << 20
	for _, test := range []struct{ inUse, batches, want int }{
		{0, 0, 800},
		{4 * mib, 0, 800},
		{32 * mib, 0, 100},
		{64 * mib, 0, 100},
		{16 * mib, 8 * mib, 200},
		{100 * mib, 100 * mib, 30},
		{100 * mib, 0, 100},
		{200 * mib, 100 * mib, 50},
		{2000 * mib, 2000 * mib, 10},
		{10 * mib, 100 * mib, 320},
	} {
		if got := gcPercent(test.inUse, test.batches); got != test.want {
			t.Errorf("%d MiB in use, %d of them for batches: %d %%, want %d", test.inUse/mib, test.batches/mib, got, test.want)
		}
	}
}
