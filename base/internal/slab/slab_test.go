package slab_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/mage-dest/mage-dest/base/internal/slab"
)

func zero(items []int) { clear(items) }

func TestMemoryComesBackWhenTheLastHolderLetsGo(t *testing.T) {
	home := slab.NewHome(4, zero)
	first := home.Get(4)
	var a, b slab.Lease
	a.Hold(first)
	b.Share(&a)
	first.Release()
	a.Release()
	if again := home.Get(1); again == first {
		t.Fatal("it was lent out while a lease held it")
	}
	first.Items[0] = 7
	b.Release()
	again := home.Get(1)
	if again != first || again.Items[0] != 0 {
		t.Errorf("got %v, want the first one, scrubbed", again.Items)
	}
	defer func() {
		if recover() == nil {
			t.Error("released twice, and nothing said")
		}
	}()
	again.Release()
	again.Release()
}

func TestArenaKeepsWhatWasAppended(t *testing.T) {
	arena := slab.NewArena(slab.NewHome(4, zero))
	var lease slab.Lease
	arena.WorkFor(&lease)
	var kept [][]int
	for n := range 12 {
		items := arena.Room(0)
		for i := range n {
			items = append(items, 100*n+i)
		}
		kept = append(kept, arena.Keep(items))
	}
	for n, items := range kept {
		want := []int{}
		for i := range n {
			want = append(want, 100*n+i)
		}
		if !slices.Equal(items, want) {
			t.Errorf("kept %v, want %v", items, want)
		}
	}
	one, two := arena.New(), arena.New()
	if *one = 1; *two != 0 {
		t.Error("two items share their memory")
	}
	lease.Release()
}

func TestSteadyUseAllocatesNothing(t *testing.T) {
	arena := slab.NewArena(slab.NewHome(64, zero))
	var lease slab.Lease
	use := func() {
		arena.WorkFor(&lease)
		for range 1000 {
			arena.Keep(append(arena.Room(3), 1, 2, 3))
		}
		lease.Release()
	}
	if n := testing.AllocsPerRun(10, use); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTrimForgetsWhatWasNotNeeded(t *testing.T) {
	home := slab.NewHome(4, zero)
	var lease slab.Lease
	for range 10 {
		s := home.Get(4)
		lease.Hold(s)
		s.Release()
	}
	lease.Release()
	if got := home.Trim(); got != 0 {
		t.Errorf("%d bytes forgotten that had been in use", got)
	}
	home.Get(4).Release()
	if got, want := home.Bytes(), 10*4*8; got != want {
		t.Errorf("%d bytes in all, want %d", got, want)
	}
	if got, want := home.Trim(), 9*4*8; got != want {
		t.Errorf("%d bytes forgotten, want %d", got, want)
	}
}

func TestManyGoroutinesShareAHome(t *testing.T) {
	home := slab.NewHome(8, zero)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			arena := slab.NewArena(home)
			for range 200 {
				var lease slab.Lease
				arena.WorkFor(&lease)
				items := arena.Keep(append(arena.Room(2), g, g))
				if items[0] != g || items[1] != g {
					t.Errorf("items of goroutine %d are %v", g, items)
				}
				lease.Release()
			}
		})
	}
	all.Wait()
}
