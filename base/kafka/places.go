package kafka

import (
	"errors"
	"strconv"
	"strings"
)

// places are ranges of offsets, in order. As text they are kept beside a committed offset.
type places []placeRange

type placeRange struct{ first, last int64 }

func (p *places) add(offset int64) {
	if n := len(*p); n > 0 && (*p)[n-1].last+1 >= offset {
		(*p)[n-1].last = offset
		return
	}
	*p = append(*p, placeRange{offset, offset})
}

const (
	placesPrefix = "schemas "
	mostPlaces   = 3000 // characters; brokers take 4096 unless told otherwise
)

func (p places) String() string {
	for {
		text := p.text()
		if len(text) <= mostPlaces {
			return text
		}
		p = p.coarser()
	}
}

func (p places) text() string {
	var b strings.Builder
	b.WriteString(placesPrefix)
	for i, r := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(r.first, 10))
		if r.last > r.first {
			b.WriteString("-" + strconv.FormatInt(r.last, 10))
		}
	}
	return b.String()
}

// coarser joins each two ranges. What lies between is read in vain, no more: of each
// stream the last message counts.
func (p places) coarser() places {
	var joined places
	for i := 0; i < len(p); i += 2 {
		joined = append(joined, placeRange{p[i].first, p[min(i+1, len(p)-1)].last})
	}
	return joined
}

var errPlaces = errors.New("the metadata is not that of a worker: another program commits offsets of this group; give the workers one of their own (?group=)")

// parsePlaces reads what String wrote.
func parsePlaces(text string) (places, error) {
	rest, ok := strings.CutPrefix(text, placesPrefix)
	if !ok {
		return nil, errPlaces
	}
	var p places
	if rest == "" {
		return p, nil
	}
	for part := range strings.SplitSeq(rest, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseInt(from, 10, 64)
		last, err2 := strconv.ParseInt(to, 10, 64)
		if err1 != nil || err2 != nil || first < 0 || last < first || len(p) > 0 && first <= p[len(p)-1].last {
			return nil, errPlaces
		}
		p = append(p, placeRange{first, last})
	}
	return p, nil
}
