package jsonschema

import (
	"math/big"
	"regexp"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mage-dest/mage-dest/base/internal/decimal"
)

func numberRulesOf(s *jsonschema.Schema) *numberRules {
	r := numberRules{least: newBound(s.Minimum, false), most: newBound(s.Maximum, false)}
	if b := newBound(s.ExclusiveMinimum, true); b != nil && (r.least == nil || r.least.value.Compare(b.value) <= 0) {
		r.least = b
	}
	if b := newBound(s.ExclusiveMaximum, true); b != nil && (r.most == nil || r.most.value.Compare(b.value) >= 0) {
		r.most = b
	}
	if s.MultipleOf != nil {
		divisor := decimal.NewDivisor(decimalOf(s.MultipleOf))
		r.divisor = &divisor
	}
	if r.least == nil && r.most == nil && r.divisor == nil {
		return nil
	}
	r.small = r.divisor == nil && r.least.isSmall() && r.most.isSmall()
	return &r
}

func newBound(value *big.Rat, exclusive bool) *bound {
	if value == nil {
		return nil
	}
	b := &bound{value: decimalOf(value), exclusive: exclusive}
	if value.IsInt() && value.Num().IsInt64() {
		b.small = value.Num().Int64()
	}
	return b
}

// isSmall tells whether there is no bound or small is all of it.
func (b *bound) isSmall() bool {
	return b == nil || b.small != 0 || b.value.Digits() == 0
}

// decimalOf is a number that was written as a decimal.
func decimalOf(value *big.Rat) decimal.Decimal {
	digits, _ := value.FloatPrec()
	return decimal.Parse([]byte(value.FloatString(digits)))
}

func textRulesOf(s *jsonschema.Schema) *textRules {
	r := textRules{least: numberOrZero(s.MinLength), most: numberOr(s.MaxLength, -1), pattern: regexpOf(s.Pattern)}
	if s.Format != nil {
		r.format, _ = formatOf(s.Format.Name)
	}
	if r.least == 0 && r.most < 0 && r.pattern == nil && r.format == nil {
		return nil
	}
	return &r
}

// regexpOf is the expression that the library uses, but over bytes.
func regexpOf(pattern jsonschema.Regexp) *regexp.Regexp {
	if pattern == nil {
		return nil
	}
	return regexp.MustCompile(pattern.String())
}

func (t *translator) arrayRules(s *jsonschema.Schema) *arrayRules {
	r := arrayRules{
		least: numberOrZero(s.MinItems), most: numberOr(s.MaxItems, -1), unique: s.UniqueItems,
		containsMin: numberOr(s.MinContains, 1), containsMax: numberOr(s.MaxContains, -1),
	}
	if s.Contains != nil {
		r.contains = nodeOr(t.node(s.Contains), &anyValue)
	}
	r.prefix, r.items = t.nodesOf(s.PrefixItems), t.node(s.Items2020)
	switch items := s.Items.(type) {
	case *jsonschema.Schema:
		r.items = t.node(items)
	case []*jsonschema.Schema:
		r.prefix, r.items = t.nodesOf(items), t.either(s.AdditionalItems)
	}
	if r.least == 0 && r.most < 0 && !r.unique && r.contains == nil && r.prefix == nil && r.items == nil {
		return nil
	}
	return &r
}
