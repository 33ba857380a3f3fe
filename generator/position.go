package generator

import (
	"bytes"
	"errors"
	"fmt"
	"go/scanner"
	"regexp"
	"strconv"
	"strings"
)

// TemplateError is a fault of a pack, told at the line of the template that an
// author has to change.
type TemplateError struct {
	Template     string // templates/sqlite/config.go.tmpl
	Line, Column int    // in the template, from 1; Column counts bytes
	Message      string

	Output             string // config.go; "" if the template did not run
	OutLine, OutColumn int    // in what it made, before formatting
	Pack, Name         string
	Context            string // the line with those beside it
}

func (e *TemplateError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s (", e.Template, e.Line, e.Column, e.Message)
	if e.Output != "" {
		fmt.Fprintf(&b, "in %s:%d:%d, ", e.Output, e.OutLine, e.OutColumn)
	}
	fmt.Fprintf(&b, "template %s, name=%s)", e.Pack, e.Name)
	if e.Context != "" {
		b.WriteString("\n" + e.Context)
	}
	return b.String()
}

func joinTemplateErrors(list []*TemplateError) error {
	all := make([]error, len(list))
	for i, e := range list {
		all[i] = e
	}
	return errors.Join(all...)
}

// formatError is a fault in a rendered file that is no Go file.
type formatError struct {
	line, column int
	message      string
}

func (e *formatError) Error() string { return fmt.Sprintf("%d:%d: %s", e.line, e.column, e.message) }

// templateFault is how text/template writes where it failed; it has no error
// type that holds the line. Columns count from 0 there, and parse errors have none.
var templateFault = regexp.MustCompile(`(?s)^template: (.+?):(\d+)(?::(\d+))?: (?:executing ".*?" at )?(.*)$`)

// locate turns an error of parsing or executing a template into one that names
// the file the template stands in.
func (r *rendering) locate(o Output, err error) *TemplateError {
	e := &TemplateError{Template: o.source.label, Line: 1, Column: 1, Message: err.Error()}
	if m := templateFault.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[2])
		e.Column, _ = strconv.Atoi(m[3])
		e.Column++
		e.Message = m[4]
		if p, ok := r.pack.partials[m[1]]; ok {
			e.Template = p.label
		}
	}
	return r.describe(e, o)
}

// trace maps a fault in what a template made back to the template.
func (r *rendering) trace(f File, err error) *TemplateError {
	line, column, message := 1, 1, err.Error()
	if list, ok := errors.AsType[scanner.ErrorList](err); ok && len(list) > 0 {
		line, column, message = list[0].Pos.Line, list[0].Pos.Column, list[0].Msg
	} else if at, ok := errors.AsType[*formatError](err); ok {
		line, column, message = at.line, at.column, at.message
	}
	return r.traceAt(f, line, column, message)
}

// traceAt is trace for a fault whose place in the rendered bytes is known.
func (r *rendering) traceAt(f File, line, column int, message string) *TemplateError {
	e := &TemplateError{
		Template: f.output.source.label, Line: line, Column: column, Message: message,
		Output: f.Path, OutLine: line, OutColumn: column,
	}
	if f.output.source.execute {
		if at, err := r.origin(f.output, offsetOf(f.rendered, line, column)); err == nil {
			e.Template, e.Line, e.Column = at.template, at.line, at.column
		}
	}
	return r.describe(e, f.output)
}

// describe adds what every TemplateError tells beside its place.
func (r *rendering) describe(e *TemplateError, o Output) *TemplateError {
	e.Pack, e.Name = r.pack.Name, r.data.Name.Binary
	src := o.source
	for _, p := range r.pack.partials {
		if p.label == e.Template {
			src = p
		}
	}
	e.Context = excerpt(src.bytes, e.Line)
	return e
}

// excerpt shows a line with the one before and the one after it.
func excerpt(src []byte, line int) string {
	lines := strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
	var b strings.Builder
	for i := max(1, line-1); i <= min(len(lines), line+1); i++ {
		sign := " "
		if i == line {
			sign = ">"
		}
		fmt.Fprintf(&b, "%s %4d | %s\n", sign, i, strings.TrimRight(lines[i-1], "\r"))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// lineColumn counts both from 1, columns in bytes.
func lineColumn(src []byte, offset int) (line, column int) {
	before := src[:min(max(offset, 0), len(src))]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}

// offsetOf is the inverse of lineColumn.
func offsetOf(src []byte, line, column int) int {
	start := 0
	for range line - 1 {
		i := bytes.IndexByte(src[start:], '\n')
		if i < 0 {
			break
		}
		start += i + 1
	}
	return min(start+max(column-1, 0), len(src))
}
