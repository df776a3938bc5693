package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"xiezhi/work"
)

func labelsCommand() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use: "labels FILE...", Short: "foreign ground truth as a labels file on standard output", Args: argsError(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			list, err := work.ForeignLabels(from, paths)
			if err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			return work.WriteLabels(cmd.OutOrStdout(), list)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "what wrote the files: "+strings.Join(work.TruthKinds(), ", "))
	return cmd
}
