package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
)

func newTemplatesCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "templates",
		Short: "List, show, test and export what connectors are made from",
		Args:  cobra.NoArgs, // and RunE, so that an unknown word is an error
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTemplatesList(s), newTemplatesShow(s), newTemplatesTest(s), newTemplatesExport(s))
	return cmd
}

func newTemplatesList(s streams) *cobra.Command {
	var asJSON bool
	var kind string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the packs that --template names",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if kind != string(generator.Connector) && kind != string(generator.Repository) {
				return usageErrorf("--kind %s: give connector or repository", kind)
			}
			list, err := packs().List(generator.Kind(kind))
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(s.Out).Encode(list)
			}
			return table(s.Out, "NAME\tVERSION\tDESCRIPTION", func(w io.Writer) {
				for _, p := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\n", p.Name, p.Version, p.Description)
				}
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	cmd.Flags().StringVar(&kind, "kind", string(generator.Connector), "connector, or repository: what the connectors of one repository share")
	return cmd
}

// packView is what templates show prints with --json.
type packView struct {
	generator.Summary
	Digest     string                `json:"digest"`
	Parameters []generator.Parameter `json:"parameters"`
	Files      []fileView            `json:"files"`
}

type fileView struct {
	Path  string              `json:"path"`
	Class generator.Class     `json:"class"`
	When  generator.Condition `json:"when,omitempty"`
}

func newTemplatesShow(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show PACK",
		Short: "Show the parameters and files of a pack",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return packNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			pack, err := packs().Load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(s.Out, viewOf(pack))
			}
			return showPack(s.Out, viewOf(pack))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func viewOf(p *generator.Pack) packView {
	v := packView{
		Summary: generator.Summary{Name: p.Name, Description: p.Description, Version: p.Version},
		Digest:  p.Digest, Parameters: p.Parameters,
	}
	if v.Parameters == nil {
		v.Parameters = []generator.Parameter{}
	}
	for _, o := range p.Outputs {
		v.Files = append(v.Files, fileView{Path: o.Path, Class: o.Class, When: o.When})
	}
	return v
}

func showPack(out io.Writer, v packView) error {
	fmt.Fprintf(out, "%s %s: %s\n\n", v.Name, v.Version, v.Description)
	err := table(out, "PARAMETER\tTYPE\tDEFAULT\tMEANING", func(w io.Writer) {
		for _, p := range v.Parameters {
			kind, def := p.Type, "(required)"
			if len(p.Values) > 0 {
				kind = strings.Join(p.Values, "|")
			}
			if p.Default != nil {
				def = fmt.Sprint(p.Default)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, kind, def, p.Doc)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	return table(out, "FILE\tCLASS\tWHEN", func(w io.Writer) {
		for _, f := range v.Files {
			fmt.Fprintf(w, "%s\t%s\t%s\n", f.Path, f.Class, f.When)
		}
	})
}

// table prints columns that tabs separate.
func table(out io.Writer, head string, rows func(io.Writer)) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	rows(w)
	return w.Flush()
}
