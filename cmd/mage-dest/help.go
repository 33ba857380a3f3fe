package main

import (
	"embed"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// guides are the help topics, one file each: what is longer than README.
//
//go:embed help/*.md
var guides embed.FS

// topic is one guide.
type topic struct{ name, title, text string }

// topics reads the guides; the first line of each is its title.
func topics() ([]topic, error) {
	entries, err := guides.ReadDir("help")
	if err != nil {
		return nil, err
	}
	var list []topic
	for _, e := range entries {
		text, err := guides.ReadFile("help/" + e.Name())
		if err != nil {
			return nil, err
		}
		title, _, _ := strings.Cut(string(text), "\n")
		list = append(list, topic{strings.TrimSuffix(e.Name(), ".md"), strings.TrimPrefix(title, "# "), string(text)})
	}
	return list, nil
}

// newHelpCommand takes the place of cobra's: that one says "unknown topic" and
// exits with 0.
func newHelpCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB | TOPIC]",
		Short: "Explain a verb, or a topic: " + strings.Join(topicNames(), ", "),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return topicNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := topics()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return helpIndex(cmd.Root(), s.Out, list)
			}
			for _, t := range list {
				if len(args) == 1 && t.name == args[0] {
					_, err := io.WriteString(s.Out, t.text)
					return err
				}
			}
			return verbHelp(cmd.Root(), args)
		},
	}
}

func verbHelp(root *cobra.Command, args []string) error {
	verb, rest, err := root.Find(args)
	if err != nil || verb == root || len(rest) > 0 {
		return usageErrorf("no verb or topic is called %q; mage-dest help lists them", strings.Join(args, " "))
	}
	return verb.Help()
}

func topicNames() []string {
	list, err := topics()
	if err != nil {
		return nil // help itself tells it
	}
	var names []string
	for _, t := range list {
		names = append(names, t.name)
	}
	return names
}

func helpIndex(root *cobra.Command, out io.Writer, list []topic) error {
	if err := root.Help(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	return table(out, "Topics (mage-dest help TOPIC):", func(w io.Writer) {
		for _, t := range list {
			fmt.Fprintf(w, "  %s\t%s\n", t.name, t.title)
		}
	})
}
