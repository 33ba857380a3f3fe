package pyliteral

import (
	"math/big"
	"strings"
)

// number reads an integer or a float and writes it with its digits as they are,
// in the spelling of JSON: 1. is 1.0, .5 is 0.5, 0x10 is 16, 1_000 is 1000.
func (p *parser) number() error {
	if c := p.peek(); c == '-' || c == '+' {
		p.at++
		if c == '-' {
			p.out = append(p.out, '-')
		}
		p.space()
	}
	token := p.token()
	if !wellUnderscored(token) {
		return p.fault("not a number")
	}
	token = strings.ToLower(strings.ReplaceAll(token, "_", ""))
	if len(token) > 1 && token[0] == '0' && strings.IndexByte("xob", token[1]) >= 0 {
		n, ok := new(big.Int).SetString(token, 0)
		if !ok {
			return p.fault("not a number")
		}
		p.out = n.Append(p.out, 10)
		return nil
	}
	text, ok := decimal(token)
	if !ok {
		return p.fault("not a number")
	}
	p.out = append(p.out, text...)
	return nil
}

// token reads what belongs to a number: letters and digits, points, and the sign
// of an exponent.
func (p *parser) token() string {
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		exponentSign := (c == '-' || c == '+') && p.at > start && (p.text[p.at-1] == 'e' || p.text[p.at-1] == 'E')
		if !isWord(c) && c != '.' && !exponentSign {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

// wellUnderscored tells whether each underscore stands between two letters or
// digits.
func wellUnderscored(token string) bool {
	for i := range len(token) {
		if token[i] != '_' {
			continue
		}
		if i == 0 || i+1 == len(token) || !isAlphanumeric(token[i-1]) || !isAlphanumeric(token[i+1]) {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isWord(c byte) bool { return c == '_' || isAlphanumeric(c) }

// decimal turns a float or a decimal integer into a JSON number.
func decimal(token string) (text string, ok bool) {
	mantissa, exponent, scientific := strings.Cut(token, "e")
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if !digits(whole) || !digits(fraction) || whole == "" && fraction == "" {
		return "", false
	}
	shortened := strings.TrimLeft(whole, "0")
	if shortened == "" {
		shortened = "0"
	} else if shortened != whole && !pointed && !scientific {
		return "", false // 01 is no integer in Python
	}
	text = shortened
	if pointed {
		if fraction == "" {
			fraction = "0"
		}
		text += "." + fraction
	}
	if scientific {
		bare := strings.TrimLeft(exponent, "+-")
		if bare == "" || !digits(bare) || len(exponent)-len(bare) > 1 {
			return "", false
		}
		text += "e" + exponent
	}
	return text, true
}

// digits tells whether text is nothing but digits; "" is.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
