package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mage-dest/mage-dest/base/conform"
)

// scorecards are the forms in which the outcome of conform is printed.
func scorecards() map[string]func(io.Writer, conform.Report) error {
	return map[string]func(io.Writer, conform.Report) error{
		formatText: scoreText, "json": scoreJSON, "junit": scoreJUnit, "markdown": scoreMarkdown,
	}
}

// headline is the outcome in a line.
func headline(r conform.Report) string {
	name := strings.TrimSpace(r.Target + " " + r.Version)
	text := fmt.Sprintf("%s: %d of %d tests passed, %d failed, %d not claimed", name,
		r.Count(conform.Passed), len(r.Results), r.Count(conform.Failed), r.Count(conform.NotClaimed))
	if n := r.Count(conform.NoReadBack); n > 0 {
		text += fmt.Sprintf(", %d without read-back", n)
	}
	return text
}

// verdict says at a glance whether data is lost.
func verdict(r conform.Report) (text string, c colour) {
	losing := r.Losing()
	if len(losing) == 0 {
		if r.Count(conform.Failed) > 0 {
			return "No data was lost in these tests.", yellow
		}
		return "No data was lost.", green
	}
	names := make([]string, len(losing))
	for i, n := range losing {
		names[i] = fmt.Sprintf("%d %s", n, conform.Cases()[n-1].Name)
	}
	return "DATA IS LOST, changed or falsely acknowledged: " + strings.Join(names, "; "), red
}

func scoreText(out io.Writer, r conform.Report) error {
	p := newPainter(out)
	p.line(plain, "%s", printable(headline(r)))
	text, c := verdict(r)
	p.line(c, "%s", text)
	p.line(dim, "%s", "claims: "+orNothing(r.Claims))
	var rows []row
	for _, result := range r.Results {
		rows = append(rows, row{statusColour(result.Status), []string{strconv.Itoa(result.Number), result.Name, outcomeWord(result), result.Note}})
	}
	p.line(plain, "")
	p.table([]string{"TEST", "NAME", "RESULT", "NOTE"}, rows)
	for _, result := range r.Results {
		if result.Status != conform.Failed {
			continue
		}
		p.line(plain, "")
		p.line(red, "%d %s", result.Number, result.Name)
		again := ""
		for _, fault := range result.Faults {
			c := plain
			if fault.Loses {
				c = red
			}
			p.line(c, "  %s", printable(fault.What))
			again = fault.Again
		}
		if again != "" {
			p.line(dim, "  see it again: %s", printable(again))
		}
		p.line(dim, "  why it matters, and where to look: mage-dest conform --explain %d", result.Number)
	}
	return nil
}

func outcomeWord(r conform.Result) string {
	switch {
	case r.Loses():
		return "FAIL: loses data"
	case r.Status == conform.Failed:
		return "FAIL"
	}
	return string(r.Status)
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

func scoreJSON(out io.Writer, r conform.Report) error {
	return printJSON(out, struct {
		conform.Report
		Summary string `json:"summary"`
		Losing  []int  `json:"loses_data"`
	}{r, headline(r), append([]int{}, r.Losing()...)})
}

func scoreMarkdown(out io.Writer, r conform.Report) error {
	text, _ := verdict(r)
	cell := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;")
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n**%s**\n\n| test | result | |\n|---|---|---|\n", cell.Replace(headline(r)), text)
	for _, result := range r.Results {
		note := []string{}
		if result.Note != "" {
			note = append(note, result.Note)
		}
		for _, fault := range result.Faults {
			note = append(note, fault.What)
		}
		word := outcomeWord(result)
		if result.Status == conform.Failed {
			word = "**" + word + "**"
		}
		fmt.Fprintf(&b, "| %d %s | %s | %s |\n", result.Number, result.Name, word, cell.Replace(printable(strings.Join(note, "; "))))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// junitSuite is the form that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitText `xml:"failure,omitempty"`
	Skipped *junitText `xml:"skipped,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func scoreJUnit(out io.Writer, r conform.Report) error {
	suite := junitSuite{
		Name: "conform " + r.Target, Tests: len(r.Results), Failures: r.Count(conform.Failed),
		Skipped: r.Count(conform.NotClaimed) + r.Count(conform.NoReadBack),
	}
	total := 0.0
	for _, result := range r.Results {
		total += result.Seconds
		c := junitCase{Class: r.Target, Name: fmt.Sprintf("%02d %s", result.Number, result.Name), Time: fmt.Sprintf("%.3f", result.Seconds)}
		switch result.Status {
		case conform.Failed:
			c.Failure = &junitText{Message: result.Faults[0].What}
			for _, fault := range result.Faults {
				c.Failure.Text += fault.What + "\nsee it again: " + fault.Again + "\n"
			}
		case conform.NotClaimed, conform.NoReadBack:
			c.Skipped = &junitText{Message: strings.TrimSpace(string(result.Status) + " " + result.Note)}
		case conform.Passed:
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Time = fmt.Sprintf("%.3f", total)
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}
