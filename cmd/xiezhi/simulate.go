package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
	"xiezhi/models"
	"xiezhi/simulate"
)

func simulateCommand() *cobra.Command {
	var opts simulate.Options
	var out, until string
	var stats bool
	cmd := &cobra.Command{
		Use: "simulate", Short: "write the files of an invented province, and its labels", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return fmt.Errorf("%w: --out is missing", errUsage)
			}
			day, err := models.ParseDate(until)
			if err != nil {
				return fmt.Errorf("%w: --until: %w", errUsage, err)
			}
			opts.Until = day
			sum, err := simulate.Write(cmd.Context(), out, opts)
			if err != nil {
				return err
			}
			if !stats {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(sum)
			}
			figures, err := simulate.MeasureProvince(out, opts)
			if err != nil {
				return err
			}
			return figures.Print(cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.IntVar(&opts.Companies, "companies", 1000, "ordinary, near-miss and bad companies")
	f.IntVar(&opts.Transfers, "transfers", 20000, "transfers")
	f.Uint64Var(&opts.Seed, "seed", 1, "seed")
	f.StringVar(&until, "until", string(simulate.DefaultUntil), "nothing happens from this day on")
	f.StringVar(&out, "out", "", "folder to write to")
	f.BoolVar(&stats, "stats", false, "print figures of the province as Markdown instead of the rows written")
	return cmd
}
