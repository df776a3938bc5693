package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"xiezhi/work"
)

func evaluateCommand() *cobra.Command {
	var labels, level string
	var asJSON bool
	cmd := &cobra.Command{Use: "evaluate", Short: "hold alerts against ground truth", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error {
			f, err := os.Open(labels)
			if err != nil {
				return fmt.Errorf("%w: --labels: %w", errUsage, err)
			}
			defer f.Close()
			truth, err := work.ReadLabels(f)
			if err != nil {
				return err
			}
			rep, err := p.desk.Evaluate(cmd.Context(), truth, labels, level)
			if err != nil {
				return fmt.Errorf("%w: --min-level: %w", errUsage, err)
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(rep)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d labelled, %d flagged at %s or above, %d rightly: precision %.3f, recall %.3f, F1 %.3f, average precision %.3f\n",
				rep.Labelled, rep.Flagged, rep.MinLevel, rep.TruePositive, rep.Precision, rep.Recall, rep.F1, rep.AveragePrecision)
			return nil
		})}
	cmd.Flags().StringVar(&labels, "labels", "", "labels file: scheme,typology,subject,is_bad")
	cmd.Flags().StringVar(&level, "min-level", "orange", "least level of the alerts counted")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.AddCommand(provincesCommand(), platformsCommand())
	return cmd
}
