package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/work"
)

func ingestCommand() *cobra.Command {
	var opts work.IngestOptions
	var table string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "ingest FILE...", Short: "load facts from files", Args: argsError(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := readConfig()
			if err != nil {
				return err
			}
			leanMemory()
			if opts.Division == "" {
				opts.Division = cfg.Division
			}
			if _, ok := models.PlaceOf(opts.Division); !ok {
				return fmt.Errorf("%w: unknown division %q", errUsage, opts.Division)
			}
			opts.Paths, opts.Table, opts.Progress = args, models.Table(table), progressTo(cmd.ErrOrStderr(), "rows")
			p, err := openPortal(cmd.Context(), cfg, schemaForward)
			if err != nil {
				return err
			}
			rep, err := p.desk.Ingest(cmd.Context(), models.System("ingest"), opts)
			err = errors.Join(err, p.close())
			if errors.Is(err, work.ErrUnknownTable) {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			if err != nil {
				return err
			}
			return showIngest(cmd.OutOrStdout(), rep, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&table, "table", "", "canonical table of the files")
	f.StringVar(&opts.Mapping, "mapping", "", "mapping: a YAML file, the name of a shipped one, or the number or name of a saved one")
	f.StringVar(&opts.Source, "source", "", "source code of rows that name none")
	f.StringVar(&opts.Division, "division", "", "division of rows without one (XIEZHI_DIVISION)")
	f.BoolVar(&opts.DryRun, "dry-run", false, "read and check, store nothing")
	f.BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

// showIngest prints a report; refused rows end the command with their own exit code, a load of which nothing could be read with 1.
func showIngest(out io.Writer, rep work.IngestReport, asJSON bool) error {
	messages, err := catalog()
	if err != nil {
		return err
	}
	for i, f := range rep.Files {
		if f.Error != "" {
			rep.Files[i].Errors = append(rep.Files[i].Errors, work.RowError{Reason: messages.Text(i18n.English, f.Error)})
		}
		for j, e := range f.Errors {
			rep.Files[i].Errors[j].Reason = messages.Text(i18n.English, e.Key, slots(e.Args)...)
		}
		for j, w := range f.Warnings {
			rep.Files[i].Warnings[j].Reason = messages.Text(i18n.English, w.Key, slots(w.Args)...)
		}
	}
	if asJSON {
		err = json.NewEncoder(out).Encode(rep)
	} else {
		for _, f := range rep.Files {
			fmt.Fprintf(out, "%s -> %s: %d accepted, %d unchanged, %d refused\n", f.Name, f.Table, f.Accepted, f.Unchanged, f.Refused)
			for _, e := range f.Errors[:min(len(f.Errors), 10)] {
				fmt.Fprintf(out, "  line %d, %s: %s\n", e.Line, e.Column, e.Reason)
			}
			for _, w := range f.Warnings {
				fmt.Fprintf(out, "  note: %s\n", w.Reason)
			}
		}
		fmt.Fprintf(out, "batch %s in %.1f s\n", rep.Batch, rep.Seconds)
	}
	switch {
	case err != nil:
		return err
	case rep.Unreadable():
		return errors.New("no file could be read")
	case rep.Refused():
		return errRefused
	}
	return nil
}

func slots(args map[string]string) []string {
	list := make([]string, 0, 2*len(args))
	for k, v := range args {
		list = append(list, k, v)
	}
	return list
}

// progressTo shows rows, rate and refusals on a terminal, and nothing when the output is piped.
func progressTo(w io.Writer, what string) work.Progress {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(done, total, refused int64, took time.Duration) {
		rate := float64(done) / max(took.Seconds(), 0.001)
		left := ""
		if total > done && rate > 0 {
			left = fmt.Sprintf(", %s left", (time.Duration(float64(total-done)/rate) * time.Second).Round(time.Second))
		}
		fmt.Fprintf(f, "\r%d %s, %.0f/s, %d refused%s   ", done, what, rate, refused, left)
	}
}
