package generator

import (
	"fmt"
	"slices"
	"strings"
)

// Condition holds when every clause does; an empty one always holds.
type Condition []Clause

// Clause holds when the answer to a parameter is one of its values.
type Clause struct {
	Parameter string `json:"parameter"`
	Values    []any  `json:"values"`
}

// String writes the condition as templates show does: ci=github docker=true|false.
func (c Condition) String() string {
	parts := make([]string, len(c))
	for i, clause := range c {
		values := make([]string, len(clause.Values))
		for j, v := range clause.Values {
			values[j] = fmt.Sprint(v)
		}
		parts[i] = clause.Parameter + "=" + strings.Join(values, "|")
	}
	return strings.Join(parts, " ")
}

// Holds reports whether the answers meet the condition.
func (c Condition) Holds(answers map[string]any) bool {
	for _, clause := range c {
		if !slices.Contains(clause.Values, answers[clause.Parameter]) {
			return false
		}
	}
	return true
}
