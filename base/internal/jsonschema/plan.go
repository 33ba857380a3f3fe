package jsonschema

import (
	"maps"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Plan is what a Pass follows over the text of a record or of any other value. It
// is not changed once it is made and serves any number of passes at once.
type Plan struct {
	root    *node
	columns *objectRules // the members of a record, the columns in their order first
	more    *more        // what else is asked of a record
	objects int          // how many objectRules there are
	key     *planKey

	// Fallbacks is how many parts of the schema have no node of their own, so that
	// the library judges what they speak of.
	Fallbacks int
}

// planKey stands for a plan where it shall not be kept from being collected.
type planKey struct{ _ byte }

// PlanAny is a plan that finds columns and takes whatever comes.
func PlanAny(columns []string) *Plan {
	t := newTranslator()
	rules := t.objectRules(&jsonschema.Schema{}, columns)
	return &Plan{columns: rules, objects: t.objects, key: new(planKey)}
}

// Plan makes a plan for records with these columns, which need not be all that the
// schema names.
func (s *Schema) Plan(columns []string) *Plan {
	t := newTranslator()
	whole := s.joined()
	root := t.node(whole)
	plan := &Plan{root: root, more: root.rest(), key: new(planKey)}
	if direct := resolve(whole); root.byKind == nil && root.types&object != 0 && !t.library(direct) {
		plan.columns = t.objectRules(direct, columns)
	} else {
		plan.columns = t.objectRules(&jsonschema.Schema{}, columns)
		plan.more = &more{allOf: []*node{root}}
	}
	if circular(root) || dynamic(whole, map[*jsonschema.Schema]bool{}) {
		all := &more{library: whole}
		plan.root = &node{types: anything, more: all}
		plan.columns, plan.more, t.fallbacks = t.objectRules(&jsonschema.Schema{}, columns), all, 1
	}
	plan.objects, plan.Fallbacks = t.objects, t.fallbacks
	return plan
}

// rest is what a node asks beside the rules for the kind of a value, or nil.
func (n *node) rest() *more {
	if n == nil {
		return nil
	}
	return n.more
}

// joined is the schema as one, whose parts were compiled apart.
func (s *Schema) joined() *jsonschema.Schema {
	if len(s.parts) == 1 {
		return s.parts[0]
	}
	whole := *s.parts[0]
	whole.Properties = map[string]*jsonschema.Schema{}
	for _, part := range s.parts[1:] {
		maps.Copy(whole.Properties, part.Properties)
	}
	if s.others != nil {
		whole.AdditionalProperties = s.others.additional()
	}
	return &whole
}

// Column says how Mage looks at a column beside its schema.
type ColumnRule struct {
	Name      string
	AnyObject bool // takes any object and any array
	AnyArray  bool // takes any array
	Free      bool // takes anything
}

// PlanColumns makes a plan that judges each column by its own schema, of those
// that CompileColumns returns, and takes no others.
func PlanColumns(schemas map[string]*Schema, columns []ColumnRule) *Plan {
	t := newTranslator()
	t.exactInt = true
	names := make([]string, len(columns))
	nodes := make([]*node, len(columns))
	for i, c := range columns {
		names[i] = c.Name
		schema := schemas[c.Name]
		if schema == nil || c.Free {
			continue
		}
		if nodes[i] = t.node(schema.parts[0]); circular(nodes[i]) {
			t.fallbacks++
			nodes[i] = &node{types: anything, more: &more{library: schema.parts[0]}}
		}
		nodes[i] = c.apply(nodes[i])
	}
	rules := t.objectRules(&jsonschema.Schema{}, names)
	rules.additional = &node{}
	for i, n := range nodes {
		rules.properties[i].node = n
	}
	return &Plan{columns: rules, objects: t.objects, key: new(planKey), Fallbacks: t.fallbacks}
}

// apply lets containers pass.
func (c ColumnRule) apply(n *node) *node {
	if !c.AnyObject && !c.AnyArray || n == nil {
		return n
	}
	var byKind [classes]*node
	for class := range byKind {
		byKind[class] = n
	}
	byKind[arrayClass] = &node{types: array}
	if c.AnyObject {
		byKind[objectClass] = &node{types: object}
	}
	return &node{types: anything, byKind: &byKind}
}

// Judge walks over the text of any value by the whole schema of the plan.
func (p *Pass) Judge(plan *Plan, text []byte) Verdict { return p.whole(plan, plan.root, text) }
