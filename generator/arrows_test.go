package generator

import (
	"os/exec"
	"strings"
	"testing"
)

// TestRoomsImportOnlyWhatTheyMay holds the arrows between the packages of this
// module. Only what is linked counts: a test of sqldest may open a database.
func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	forbidden := map[string][]string{
		"base":         {baseModule + "/generator", baseModule + "/templates", baseModule + "/cmd"},
		"base/sqldest": {"modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/go-sql-driver/mysql"},
		"generator":    {baseModule + "/base", baseModule + "/cmd", baseModule + "/templates"},
		"templates":    {baseModule + "/"},
	}
	for room, paths := range forbidden {
		t.Run(room, func(t *testing.T) {
			for importer, imports := range importsOfRoom(t, room) {
				for _, imp := range imports {
					for _, p := range paths {
						if isWithin(imp, p) && !isWithin(imp, baseModule+"/"+room) {
							t.Errorf("%s imports %s", importer, imp)
						}
					}
				}
			}
		})
	}
}

func isWithin(importPath, root string) bool {
	return strings.HasPrefix(importPath+"/", strings.TrimSuffix(root, "/")+"/")
}

// importsOfRoom lists all that each package of a room depends on.
func importsOfRoom(t *testing.T, room string) map[string][]string {
	t.Helper()
	const format = `{{ .ImportPath }} {{ join .Deps " " }}`
	cmd := exec.Command("go", "list", "-e", "-f", format, "./"+room+"/...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list of %s: %v", room, err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		imports[words[0]] = words[1:]
	}
	return imports
}
