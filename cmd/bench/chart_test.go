package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
)

func TestChartIsGolden(t *testing.T) {
	first := chart(told())
	if !bytes.Equal(first, chart(told())) {
		t.Error("two charts of one report differ")
	}
	golden(t, "testdata/chart.svg", first)
}

func TestChartIsXMLAndSaysItInWords(t *testing.T) {
	for name, r := range map[string]report{"all": told(), "none": {}} {
		text := chart(r)
		d := xml.NewDecoder(bytes.NewReader(text))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for _, want := range []string{"<title ", "<desc ", `role="img"`, "prefers-color-scheme:dark"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
	}
	if strings.Contains(string(chart(told())), "%!") {
		t.Error("a number is not formatted")
	}
	if text := string(chart(told())); !strings.Contains(text, "14 columns: Mage (Python) 0.264, Meltano SDK (Python) 0.200, naive Go 1.00,") || !strings.Contains(text, "objects &amp; arrays") {
		t.Error("the description lacks the ratios or a name is not escaped")
	}
}

func TestAxisHoldsEveryRatio(t *testing.T) {
	a := axisOf(told())
	if a.low != -1 || math.Abs(a.high-math.Log10(29_000./70)) > 1e-9 {
		t.Errorf("the axis is from 10^%v to 10^%v", a.low, a.high)
	}
	for ratio, want := range map[float64]float64{0.1: 0, 29_000. / 70: plotWidth} {
		if got := a.x(ratio); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v stands at %v, want %v", ratio, got, want)
		}
	}
}
