package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/simulate"
	"xiezhi/work"
)

// benchPart is how many companies are in memory at a time.
const benchPart = 100_000

func benchCompaniesCommand() *cobra.Command {
	var companies int
	var seed uint64
	cmd := &cobra.Command{Use: "companies", Short: "companies assessed a second on one core, facts loaded", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return benchCompanies(cmd, companies, seed) }}
	cmd.Flags().IntVar(&companies, "companies", 20_000, "companies, of simulated provinces of at most 100,000 each")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed of the first province")
	return cmd
}

// benchCompanies invents provinces with seeds one after another and assesses their companies on one core. Only the assessing counts.
func benchCompanies(cmd *cobra.Command, companies int, seed uint64) error {
	out := cmd.OutOrStdout()
	benchHead(out, seed)
	rules, err := detect.DefaultRules()
	if err != nil {
		return err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the garbage of the assessing is collected on the same core
	at := models.At(simulate.DefaultUntil.Time(models.China))
	done, facts, alerted, took := 0, 0, 0, time.Duration(0)
	for ; done < companies; seed++ {
		list, err := inventedFacts(cmd, simulate.Options{Companies: min(benchPart, companies-done), Transfers: 0, Seed: seed})
		if err != nil {
			return err
		}
		for i := range list {
			f := &list[i]
			facts += len(f.Registry) + len(f.Licences) + len(f.Products) + len(f.Signals) + len(f.Relations)
		}
		runtime.GC()
		began := time.Now()
		levels := work.AssessAll(list, rules, at)
		took += time.Since(began)
		done += len(list)
		alerted += len(list) - levels[detect.LevelNone]
	}
	fmt.Fprintf(out, "%d companies with %d facts, rules %s, one core: %v, %.0f companies/s (at least 15,000); %d with a level\n", done, facts, rules.Version, took.Round(time.Millisecond), float64(done)/took.Seconds(), alerted)
	return nil
}

func inventedFacts(cmd *cobra.Command, o simulate.Options) ([]models.CompanyFacts, error) {
	dir, err := os.MkdirTemp("", "xiezhi-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench companies: %w", err)
	}
	defer os.RemoveAll(dir)
	if _, err := simulate.Write(cmd.Context(), dir, o); err != nil {
		return nil, err
	}
	var paths []string
	for _, t := range []models.Table{models.TableCompanies, models.TableLicences, models.TableProducts, models.TableRelations, models.TableSignals} {
		if path := filepath.Join(dir, string(t)+".csv"); fileExists(path) {
			paths = append(paths, path)
		}
	}
	return work.FactsOfFiles(cmd.Context(), paths)
}
