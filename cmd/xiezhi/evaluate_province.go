package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/simulate"
	"xiezhi/work"
)

// provincesCommand measures detection on invented provinces, each in a store of its own that is thrown away.
func provincesCommand() *cobra.Command {
	var first uint64
	var count int
	var asJSON bool
	o := work.ProvinceOptions{KeepNear: 1, KeepOrdinary: 1}
	cmd := &cobra.Command{Use: "provinces", Short: "invent provinces, scan them and hold the alerts against what is true", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list []work.ProvinceReport
			for i := range count {
				o.Sim.Seed = first + uint64(i)
				rep, err := measureProvince(cmd, o)
				if err != nil {
					return err
				}
				if !asJSON {
					fmt.Fprintln(cmd.OutOrStdout(), provinceLine(rep))
				}
				list = append(list, rep)
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(list)
			}
			provinceTotals(cmd.OutOrStdout(), list)
			return nil
		}}
	f := cmd.Flags()
	f.Uint64Var(&first, "seed", 1, "seed of the first province")
	f.IntVar(&count, "count", 10, "how many provinces, with seeds one after another")
	f.IntVar(&o.Sim.Companies, "companies", 11_000, "companies of each")
	f.IntVar(&o.Sim.Transfers, "transfers", 20_000, "transfers of each")
	f.BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

func measureProvince(cmd *cobra.Command, o work.ProvinceOptions) (rep work.ProvinceReport, err error) {
	dir, err := os.MkdirTemp("", "xiezhi-province-")
	if err != nil {
		return rep, fmt.Errorf("measure province %d: %w", o.Sim.Seed, err)
	}
	defer os.RemoveAll(dir)
	o.Dir = filepath.Join(dir, "files")
	end := simulate.DefaultUntil.Time(models.China)
	store, err := models.Open(cmd.Context(), filepath.Join(dir, "province.db"), func() time.Time { return end })
	if err != nil {
		return rep, err
	}
	defer store.Close()
	if err := store.Migrate(cmd.Context()); err != nil {
		return rep, err
	}
	rules, err := detect.DefaultRules()
	if err != nil {
		return rep, err
	}
	desk := &work.Desk{Store: store, Rules: rules, Log: slog.New(slog.DiscardHandler)}
	return desk.MeasureProvince(cmd.Context(), byCommand, o)
}

func provinceLine(r work.ProvinceReport) string {
	return fmt.Sprintf("seed %d: %d companies, %d bad; orange recall %.3f, false per true %.2f; red recall %.3f, false per true %.2f; areas %d of %d found %v; story red at once %v; days to alert: median %.0f, never %d of %d; %.0f s",
		r.Seed, r.Companies, r.Bad, r.Orange.Recall, r.Orange.FalsePerTrue, r.Red.Recall, r.Red.FalsePerTrue, len(r.Areas)-len(r.MissedAreas()), len(r.Areas),
		strings.Join(r.MissedAreas(), " "), r.StoryAtOnce, r.MedianDays(), r.NeverAlerted, r.Bad, r.Seconds)
}

func provinceTotals(w io.Writer, list []work.ProvinceReport) {
	var sum work.ProvinceReport
	for _, r := range list {
		sum.Bad += r.Bad
		sum.Orange.Found, sum.Orange.False = sum.Orange.Found+r.Orange.Found, sum.Orange.False+r.Orange.False
		sum.Yellow.Found, sum.Yellow.False = sum.Yellow.Found+r.Yellow.Found, sum.Yellow.False+r.Yellow.False
		sum.Blue.Found, sum.Blue.False = sum.Blue.Found+r.Blue.Found, sum.Blue.False+r.Blue.False
		sum.Companies += r.Companies
		sum.Red.Found, sum.Red.False = sum.Red.Found+r.Red.Found, sum.Red.False+r.Red.False
		sum.NeverAlerted += r.NeverAlerted
		sum.DaysToAlert = append(sum.DaysToAlert, r.DaysToAlert...)
	}
	if sum.Bad == 0 || len(sum.DaysToAlert) == 0 {
		return
	}
	slices.Sort(sum.DaysToAlert)
	fmt.Fprintf(w, "together: %d bad; orange recall %.3f, false per true %.2f; red recall %.3f, false per true %.2f; days to alert: median %.0f, nine of ten within %.0f, never %d\n", sum.Bad,
		float64(sum.Orange.Found)/float64(sum.Bad), sum.Orange.False/float64(max(1, sum.Orange.Found)),
		float64(sum.Red.Found)/float64(sum.Bad), sum.Red.False/float64(max(1, sum.Red.Found)), sum.MedianDays(), sum.DaysToAlert[len(sum.DaysToAlert)*9/10], sum.NeverAlerted)
	levels, found, wrong := sum.Exactly()
	for i, level := range levels {
		all := float64(found[i]) + wrong[i]
		fmt.Fprintf(w, "exactly %s: %.0f companies of %d, %d bad, precision %.3f\n", level, all, sum.Companies, found[i], float64(found[i])/max(1, all))
	}
}
