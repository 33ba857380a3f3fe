package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func firstNames() []string {
	return []string{"Ada", "Grace", "Zoë", "Łukasz", "Miguel", "Aiko", "Chidi", "Ingrid", "Omar", "Priya", "Tomás", "Yuki"}
}

func lastNames() []string {
	return []string{"Lovelace", "Hopper", "Müller", "Nowak", "Sánchez", "Tanaka", "Okafor", "Larsen", "Haddad", "Sharma", "O'Brien", "Smith"}
}

func words() []string {
	return []string{"please", "deliver", "after", "six", "and", "ring", "the", "bell", "\"twice\"", "or", "leave", "it", "with", "our", "neighbour", "in", "number", "12", "thanks", "café"}
}

func pick(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }

func personName(random *rand.Rand) string {
	return pick(random, firstNames()...) + " " + pick(random, lastNames()...)
}

func email(random *rand.Rand) string {
	return fmt.Sprintf("%s.%d@%s", pick(random, "ada", "grace", "info", "sales", "m.sanchez", "team+orders"), random.IntN(100_000),
		pick(random, "example.com", "mail.example.org", "shop.example.net"))
}

func uuid(random *rand.Rand) string {
	a, b := random.Uint64(), random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// moment is a date-time in one of the forms that sources write.
func moment(random *rand.Rand) string {
	day := fmt.Sprintf("20%02d-%02d-%02dT%02d:%02d:%02d", 15+random.IntN(11), 1+random.IntN(12), 1+random.IntN(28), random.IntN(24), random.IntN(60), random.IntN(60))
	switch random.IntN(4) {
	case 0:
		return day + "+02:00"
	case 1:
		return fmt.Sprintf("%s.%06dZ", day, random.IntN(1_000_000))
	}
	return day + "Z"
}

// sentence is a text of so many words, which may hold quotes, line ends and
// characters beyond ASCII.
func sentence(random *rand.Rand, n int) string {
	var b strings.Builder
	all := words()
	for i := range n {
		if i > 0 {
			b.WriteString(pick(random, " ", " ", " ", " ", " ", " ", " ", " ", " ", "\n"))
		}
		b.WriteString(pick(random, all...))
	}
	return b.String()
}
