package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/models"
	"xiezhi/work"
)

func scanCommand() *cobra.Command {
	var all, asJSON bool
	var asOf, validAt string
	cmd := &cobra.Command{
		Use: "scan", Short: "evaluate what changed, or all, and raise alerts", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig()
			if err != nil {
				return err
			}
			opts := work.ScanOptions{All: all, Progress: progressTo(cmd.ErrOrStderr(), "companies")}
			if opts.AsOf, err = readInstant(asOf); err != nil {
				return fmt.Errorf("%w: --as-of: %w", errUsage, err)
			}
			if opts.ValidAt, err = readInstant(validAt); err != nil {
				return fmt.Errorf("%w: --valid-at: %w", errUsage, err)
			}
			if asOf != "" && validAt != "" {
				return fmt.Errorf("%w: --as-of and --valid-at exclude each other", errUsage)
			}
			if asOf != "" || validAt != "" {
				opts.All = true
			}
			p, err := openPortal(cmd.Context(), cfg, schemaForward)
			if err != nil {
				return err
			}
			rep, err := p.desk.Scan(cmd.Context(), models.System("scan"), opts)
			if err = errors.Join(err, p.close()); err != nil {
				return err
			}
			if rep.Notice != "" {
				fmt.Fprintln(cmd.ErrOrStderr(), rep.Notice)
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(rep)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s as of %s: %d companies, %d changed; alerts raised %d, updated %d, unchanged %d; red %d, orange %d, yellow %d, blue %d in %.1f s\n",
				rep.Scan, rep.AsOf, rep.Subjects, rep.Changed, rep.Alerts.Raised, rep.Alerts.Updated, rep.Alerts.Unchanged,
				rep.ByLevel["red"], rep.ByLevel["orange"], rep.ByLevel["yellow"], rep.ByLevel["blue"], rep.Seconds)
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&all, "all", false, "evaluate every company")
	f.StringVar(&asOf, "as-of", "", "on what was recorded and observed by then")
	f.StringVar(&validAt, "valid-at", "", "on what was observed by then, whenever recorded")
	f.BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

// readInstant reads RFC 3339, or a date or time of China's zone; a date alone is its end.
func readInstant(text string) (models.Instant, error) {
	if text == "" {
		return models.Instant{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return models.At(t), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, models.China); err == nil {
			return models.At(t), nil
		}
	}
	t, err := time.ParseInLocation(time.DateOnly, text, models.China)
	if err != nil {
		return models.Instant{}, fmt.Errorf("%q is no instant", text)
	}
	return models.At(t.AddDate(0, 0, 1).Add(-time.Microsecond)), nil
}
