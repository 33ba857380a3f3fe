package main

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// Measures of the chart, in pixels. A panel is a shape; two stand side by side.
const (
	chartWidth  = 880
	headHeight  = 84
	panelWidth  = chartWidth / 2
	panelHead   = 30
	barPitch    = 18
	barHeight   = 12
	panelFoot   = 34
	nameWidth   = 140
	plotWidth   = 226
	panelMargin = 12
)

// chartStyle has colours for a light page and for a dark one. The chart has a ground of
// its own: a page may be of another mind than the browser.
const chartStyle = `.ground{fill:#fff}text{font:12px ui-sans-serif,system-ui,sans-serif;fill:#1f2328}.head{font-size:16px;font-weight:600}.shape{font-weight:600}.soft{fill:#59636e;font-size:11px}` +
	`.grid{stroke:#8c959f;stroke-opacity:.35}.one{stroke:#59636e}.ours{fill:#1a7f37}.another{fill:#bc4c00}.floor{fill:#8c959f}` +
	`@media(prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#f0f6fc}.soft{fill:#9198a1}.one{stroke:#9198a1}.ours{fill:#3fb950}.another{fill:#f0883e}.floor{fill:#6e7681}}`

// chart draws, for each shape, how many times less CPU a record costs than in the naive
// way, on a logarithmic scale: to the left of 1 it costs more. The same report gives
// the same bytes.
func chart(r report) []byte {
	a := axisOf(r)
	var panels bytes.Buffer
	y := headHeight
	for i := 0; i < len(r.Shapes); i += 2 {
		height := 0
		for column, s := range r.Shapes[i:min(i+2, len(r.Shapes))] {
			a.panel(&panels, s, column*panelWidth+panelMargin, y)
			height = max(height, panelHeight(s))
		}
		y += height
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-labelledby="title desc">`+"\n", chartWidth, y)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n<style>%s</style>\n", html.EscapeString(chartTitle), html.EscapeString(description(r)), chartStyle)
	fmt.Fprintf(&b, `<rect class="ground" width="%d" height="%d" rx="6"/>`+"\n", chartWidth, y)
	head(&b, r)
	b.Write(panels.Bytes())
	b.WriteString("</svg>\n")
	return b.Bytes()
}

const chartTitle = "CPU per record: how many times less than the naive way in Go"

// description is the chart in words.
func description(r report) string {
	var b strings.Builder
	b.WriteString("Times less CPU per record than encoding/json with santhosh-tekuri/jsonschema.")
	for _, s := range r.Shapes {
		var told []string
		for _, row := range s.Rows {
			if row.TimesNaive > 0 {
				told = append(told, row.Label+" "+figures.Short(row.TimesNaive))
			}
		}
		fmt.Fprintf(&b, " %s: %s.", s.Title, strings.Join(told, ", "))
	}
	return b.String()
}

func head(b *bytes.Buffer, r report) {
	fmt.Fprintf(b, `<text class="head" x="%d" y="26">%s</text>`+"\n", panelMargin, html.EscapeString(chartTitle))
	x := panelMargin
	for _, k := range []struct {
		kind kind
		text string
	}{{ours, "mage-dest"}, {another, "other ways"}, {floor, "floors: what only reading costs"}} {
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="38" width="12" height="12" rx="2"/><text x="%d" y="48">%s</text>`+"\n", k.kind, x, x+18, k.text)
		x += 40 + 7*len(k.text)
	}
	fmt.Fprintf(b, `<text class="soft" x="%d" y="68">%s</text>`+"\n", panelMargin,
		html.EscapeString(fmt.Sprintf("Logarithmic scale, 1 is the naive way. %s; median of %d runs in turn, whole processes.", r.Environment, r.Runs)))
}

// axis is the scale of all panels: from a power of ten below every ratio to the
// greatest one.
type axis struct{ low, high float64 }

func axisOf(r report) axis {
	a := axis{-1, 2}
	for _, s := range r.Shapes {
		for _, row := range s.Rows {
			if row.TimesNaive > 0 {
				a.low = min(a.low, math.Floor(math.Log10(row.TimesNaive)))
				a.high = max(a.high, math.Log10(row.TimesNaive))
			}
		}
	}
	return a
}

// x is where a ratio stands, from the left end of the plot.
func (a axis) x(ratio float64) float64 {
	return (math.Log10(ratio) - a.low) / (a.high - a.low) * plotWidth
}

func panelHeight(s shapeReport) int { return panelHead + barPitch*len(s.Rows) + panelFoot }

func (a axis) panel(b *bytes.Buffer, s shapeReport, x, y int) {
	fmt.Fprintf(b, `<g transform="translate(%d %d)"><text class="shape" x="0" y="18">%s</text>`+"\n", x, y, html.EscapeString(s.Title))
	bottom := panelHead + barPitch*len(s.Rows)
	for power := a.low; power <= a.high; power++ {
		at, class := nameWidth+a.x(math.Pow(10, power)), "grid"
		if power == 0 {
			class = "one"
		}
		fmt.Fprintf(b, `<line class="%s" x1="%.1f" y1="%d" x2="%.1[2]f" y2="%[4]d"/><text class="soft" x="%.1[2]f" y="%[5]d" text-anchor="middle">%[6]s</text>`+"\n",
			class, at, panelHead-4, bottom, bottom+13, tick(power))
	}
	for i, row := range s.Rows {
		a.bar(b, row, panelHead+barPitch*i)
	}
	b.WriteString("</g>\n")
}

func tick(power float64) string { return fmt.Sprintf("%g×", math.Pow(10, power)) }

// bar starts at the naive way. What was not measured against it has none.
func (a axis) bar(b *bytes.Buffer, row rowReport, y int) {
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, nameWidth-8, y+10, html.EscapeString(row.Label))
	if row.TimesNaive > 0 {
		one, at := nameWidth+a.x(1), nameWidth+a.x(row.TimesNaive)
		left, right := min(one, at), max(one, at)
		fmt.Fprintf(b, `<rect class="%s" x="%.1f" y="%d" width="%.1f" height="%d" rx="2"/><text x="%.1f" y="%d">%s×</text>`,
			row.Kind, left, y, max(right-left, 1), barHeight, right+5, y+10, figures.Short(row.TimesNaive))
	}
	b.WriteByte('\n')
}
