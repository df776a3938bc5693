package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"xiezhi/models"
	"xiezhi/work"
)

// backtestFlags are what a replay by command is asked for. From and To name versions or files, or, beside --rules, moments.
type backtestFlags struct {
	rules, from, to, asOf, validAt string
	companies                      int
	asJSON                         bool
}

func backtestCommand() *cobra.Command {
	var f backtestFlags
	cmd := &cobra.Command{Use: "backtest", Short: "hold one rule version against another on history", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, _ []string) error {
			w, plan, err := f.plan(cmd, p)
			if err != nil {
				return err
			}
			actor := models.System("backtest")
			rp, err := p.store.BeginReplay(cmd.Context(), actor, plan)
			if err != nil {
				return err
			}
			if err := p.desk.Replay(cmd.Context(), actor, &rp, w); err != nil {
				return err
			}
			rep, err := p.desk.ReplayReport(cmd.Context(), actor, rp, f.companies)
			if err != nil {
				return err
			}
			if f.asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(rep)
			}
			return writeBacktest(cmd.OutOrStdout(), rep)
		})}
	fl := cmd.Flags()
	fl.StringVar(&f.rules, "rules", "", "the version or file to try; --from and --to are then moments")
	fl.StringVar(&f.from, "from", "", "version or file to hold it against, the one in force unless said; with --rules the first moment")
	fl.StringVar(&f.to, "to", "", "version or file to try; with --rules the last moment")
	fl.StringVar(&f.asOf, "as-of", "", "on what was recorded and observed by then")
	fl.StringVar(&f.validAt, "valid-at", "", "on what was observed by then, whenever recorded; such a replay supports no approval")
	fl.IntVar(&f.companies, "companies", 1000, "how many companies behind the numbers to list")
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON document")
	return cmd
}

// plan reads the flags: which versions, and as of which moments.
func (f backtestFlags) plan(cmd *cobra.Command, p *portal) (work.ReplayWork, models.ReplayPlan, error) {
	w := work.ReplayWork{Progress: progressTo(cmd.ErrOrStderr(), "companies")}
	var plan models.ReplayPlan
	var since, until models.Instant
	from, to, err := f.from, f.to, error(nil)
	if f.rules != "" {
		if since, err = readInstant(f.from); err != nil {
			return w, plan, fmt.Errorf("%w: --from: %w", errUsage, err)
		}
		if until, err = readInstant(f.to); err != nil {
			return w, plan, fmt.Errorf("%w: --to: %w", errUsage, err)
		}
		from, to = "", f.rules
	}
	if to == "" || f.asOf != "" && f.validAt != "" {
		return w, plan, fmt.Errorf("%w: --to or --rules is needed, and only one of --as-of and --valid-at", errUsage)
	}
	ctx := cmd.Context()
	if from == "" {
		w.From, err = p.desk.RulesNow(ctx)
	} else {
		w.From, err = p.desk.ReadRulesFrom(ctx, from)
	}
	if err != nil {
		return w, plan, fmt.Errorf("%w: --from: %w", errUsage, err)
	}
	if w.To, err = p.desk.ReadRulesFrom(ctx, to); err != nil {
		return w, plan, fmt.Errorf("%w: rules to try: %w", errUsage, err)
	}
	if plan, err = work.ReplayPlanOf(w.From, w.To); err != nil {
		return w, plan, err
	}
	plan.Since, plan.AsOf = since, until
	for flag, text := range map[string]string{"--as-of": f.asOf, "--valid-at": f.validAt} {
		if text == "" {
			continue
		}
		if plan.AsOf, err = readInstant(text); err != nil {
			return w, plan, fmt.Errorf("%w: %s: %w", errUsage, flag, err)
		}
		plan.ValidTime = flag == "--valid-at"
	}
	if !plan.Since.IsZero() && !plan.AsOf.IsZero() && !plan.Since.Before(plan.AsOf) {
		return w, plan, fmt.Errorf("%w: --from must lie before --to", errUsage)
	}
	return w, plan, nil
}

func writeBacktest(out io.Writer, rep work.ReplayReport) error {
	_, err := fmt.Fprintf(out, "%s: %s against %s as of %s, %d companies\nalerts %d -> %d: gained %d, lost %d, raised %d, lowered %d\n", rep.Replay, rep.To, rep.From, rep.AsOf,
		rep.Subjects, rep.FromAlerts, rep.ToAlerts, rep.Alerts.Gained, rep.Alerts.Lost, rep.Alerts.Raised, rep.Alerts.Lowered)
	for _, o := range []string{"filed", "confirmed", "dismissed"} {
		n := rep.Outcomes[o]
		_, e := fmt.Fprintf(out, "known outcomes, %s: gained %d, lost %d\n", o, n.Gained, n.Lost)
		err = errors.Join(err, e)
	}
	for _, line := range rep.Rows {
		_, e := fmt.Fprintf(out, "%s %s: gained %d, lost %d, raised %d, lowered %d\n", line.Division, line.Area, line.Gained, line.Lost, line.Raised, line.Lowered)
		err = errors.Join(err, e)
	}
	for _, c := range rep.Companies {
		_, e := fmt.Fprintf(out, "  %s %s %s %s: %s %.1f -> %s %.1f %s\n", c.Change, c.Subject, c.Division, c.Area, c.FromLevel, c.FromIndex, c.ToLevel, c.ToIndex, c.Outcome)
		err = errors.Join(err, e)
	}
	return err
}
