package scaffold

// The connector that every tool makes, and the forms of its name that a template has
// variables for: as its binary, as Python writes it, as a package of Go.
const (
	connectorName = "acme-crm"
	pythonName    = "acme_crm"
	packageName   = "acmecrm"
)

// jinja turns a connector into a template in Jinja's language, which both cookiecutter
// and copier speak, and cruft by way of cookiecutter. Variables are called prefix.name,
// prefix.python and prefix.package. What means something to Jinja and is meant literally
// is said by way of an expression.
func (t tree) jinja(prefix string) tree {
	words := []string{
		connectorName, "{{ " + prefix + "name }}",
		pythonName, "{{ " + prefix + "python }}",
		packageName, "{{ " + prefix + "package }}",
	}
	for _, mark := range []string{"{{", "{%", "{#"} {
		words = append(words, mark, "{{ '"+mark+"' }}")
	}
	return t.replaced(words...)
}
