package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"xiezhi/detect/outcome"
	"xiezhi/models"
	"xiezhi/work"
)

// learnCommand fits a model to known outcomes and saves it as a draft; approving is done in the portal, by somebody with a name.
func learnCommand() *cobra.Command {
	var labels string
	var dry, asJSON bool
	cmd := &cobra.Command{Use: "learn", Short: "learn from outcomes which alerts are confirmed, as a draft to approve", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, _ []string) error {
			var truth []work.Label
			if labels != "" {
				f, err := os.Open(labels)
				if err != nil {
					return fmt.Errorf("%w: --labels: %w", errUsage, err)
				}
				defer f.Close()
				if truth, err = work.ReadLabels(f); err != nil {
					return err
				}
			}
			actor := models.System("learn")
			l, err := p.desk.Learn(cmd.Context(), truth)
			if errors.Is(err, outcome.ErrTooFew) {
				fmt.Fprintf(cmd.OutOrStdout(), "%v: the queue stays ordered by the index\n", err)
				_, err = p.desk.RankQueue(cmd.Context(), actor)
			}
			if err != nil || l.Held.Samples == 0 {
				return err
			}
			if !dry {
				m, err := p.desk.SaveLearned(cmd.Context(), actor, l)
				if err != nil {
					return err
				}
				l.Number = m.Number
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(l)
			}
			return printLearned(cmd.OutOrStdout(), l)
		})}
	f := cmd.Flags()
	f.StringVar(&labels, "labels", "", "labels of companies to learn from as well: scheme,typology,subject,is_bad")
	f.BoolVar(&dry, "dry-run", false, "show the figures, save nothing")
	f.BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

func printLearned(w io.Writer, l work.Learned) error {
	if _, err := fmt.Fprintf(w, "%s learned from %d bad and %d good\n", l.Number, l.Bad, l.Good); err != nil {
		return err
	}
	printHeld(w, l.Held)
	for _, p := range l.Model.Parts {
		top := 0.0
		for _, s := range p.Steps {
			top += s
		}
		if top > 0 {
			fmt.Fprintf(w, "  %-18s adds up to %.2f to the log-odds\n", p.Code, top*l.Model.Slope)
		}
	}
	return nil
}

func printHeld(w io.Writer, h outcome.Held) {
	fmt.Fprintf(w, "held out: %d of %d groups (%d bad of %d): AUC %.3f (95 %% %.3f-%.3f); Brier %.4f, of the base rate %.4f\n", h.Samples, h.Groups, h.Bad, h.BadGroups,
		h.AUC, h.AUCLow, h.AUCHigh, h.Brier, h.BaseBrier)
	for _, b := range h.Bins {
		fmt.Fprintf(w, "  predicted %5.1f %%  happened %5.1f %%  (%d)\n", 100*b.Predicted, 100*b.Happened, b.Samples)
	}
	for _, c := range h.Curve {
		fmt.Fprintf(w, "  false %3.0f %%  found %3.0f %%\n", 100*c.False, 100*c.True)
	}
}

// platformsCommand judges how well failures of real lending platforms are foretold.
func platformsCommand() *cobra.Command {
	var dir, drawing string
	var asJSON bool
	cmd := &cobra.Command{Use: "platforms", Short: "foretell failures of lending platforms, judged on platforms left out", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			rep, err := work.MeasurePlatforms(dir)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(rep)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "ratings until %s\n", rep.Until)
			fmt.Fprintf(cmd.OutOrStdout(), "inputs chosen inside each fold, of %d folds: %v\n", rep.Chosen.Folds, rep.Chosen.Chosen)
			printHeld(cmd.OutOrStdout(), rep.Chosen.Held)
			fmt.Fprintf(cmd.OutOrStdout(), "the same without the figures of the calendar (%v): AUC %.3f (95 %% %.3f-%.3f)\n", rep.Own.Chosen, rep.Own.AUC, rep.Own.AUCLow, rep.Own.AUCHigh)
			fmt.Fprintf(cmd.OutOrStdout(), "inputs fixed by their meaning: AUC %.3f (95 %% %.3f-%.3f)\n", rep.Stated.AUC, rep.Stated.AUCLow, rep.Stated.AUCHigh)
			fmt.Fprintf(cmd.OutOrStdout(), "advertised rate alone: AUC %.3f (95 %% %.3f-%.3f)\n", rep.Yield.AUC, rep.Yield.AUCLow, rep.Yield.AUCHigh)
			if drawing == "" {
				return nil
			}
			return os.WriteFile(drawing, []byte(heldSVG(rep)), 0o644) //nolint:gosec // a picture for everybody
		}}
	cmd.Flags().StringVar(&drawing, "svg", "", "also draw the curves and the calibration into this file")
	cmd.Flags().StringVar(&dir, "dir", "../shared/data/p2p-platforms", "folder with failures.csv.gz and ratings.csv.gz")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}
