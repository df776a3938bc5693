package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"xiezhi/graph"
	"xiezhi/handlers"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/work"
)

// graphFlags are those that every question of the graph takes.
type graphFlags struct {
	asOf, validAt string
	kinds         []string
	ended, json   bool
}

func graphCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "graph", Short: "questions about relations and money", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(graphPath(), graphNeighbours(), graphControllers(), graphGroup(), graphKeyFigures(), graphTrace(), graphCycles(), graphRings(), graphClusters(), graphHubs(), graphMoneyPath(), graphSums())
	return cmd
}

// asGraph wraps a question: it reads the common flags, asks on behalf of the operator, who sees everything, and prints the answer.
func asGraph(cmd *cobra.Command, ask func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error), tell func(cmd *cobra.Command, answer any)) *cobra.Command {
	var f graphFlags
	cmd.Flags().StringVar(&f.asOf, "as-of", "", "on what was recorded and observed by then")
	cmd.Flags().StringVar(&f.validAt, "valid-at", "", "on what was observed by then, whenever recorded")
	cmd.Flags().StringSliceVar(&f.kinds, "kinds", nil, "kinds of relations, separated by commas; all where none is named")
	cmd.Flags().BoolVar(&f.ended, "ended", false, "also relations that are over, or have not begun")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document")
	cmd.Args = argsError(cobra.NoArgs)
	cmd.RunE = withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error {
		messages, err := catalog()
		if err != nil {
			return err
		}
		ctx := i18n.With(cmd.Context(), messages, i18n.English)
		by, err := f.ask(ctx, p)
		if err != nil {
			return err
		}
		answer, err := ask(ctx, p.desk.Graph, by)
		if err != nil {
			return graphError(ctx, err)
		}
		if f.json {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(answer)
		}
		tell(cmd, answer)
		return nil
	})
	return cmd
}

func (f graphFlags) ask(ctx context.Context, p *portal) (work.GraphAsk, error) {
	by := work.GraphAsk{Sight: models.Within(models.ScopeOf("000000")), Kinds: f.kinds, Ended: f.ended, Name: p.plainNames,
		Say: func(r graph.Reason) string { return handlers.GraphReason(ctx, r) }}
	if f.asOf != "" && f.validAt != "" {
		return by, fmt.Errorf("%w: --as-of and --valid-at exclude each other", errUsage)
	}
	var err error
	if by.ObservedBy, err = readInstant(f.validAt); err != nil {
		return by, fmt.Errorf("%w: --valid-at: %w", errUsage, err)
	}
	if f.asOf != "" {
		if by.RecordedBy, err = readInstant(f.asOf); err != nil {
			return by, fmt.Errorf("%w: --as-of: %w", errUsage, err)
		}
		by.ObservedBy = by.RecordedBy
	}
	return by, nil
}

// plainNames writes subjects with their own IDs, for the operator.
func (p *portal) plainNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	list, err := p.store.SubjectsByID(ctx, models.Within(models.ScopeOf("000000")), ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(list))
	for id, s := range list {
		out[id] = s.Written().String()
	}
	return out, nil
}

// graphError says in words what is wrong with a question; wrong flags are a usage error.
func graphError(ctx context.Context, err error) error {
	var e *models.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case models.KindInvalid:
		var parts []string
		for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
			parts = append(parts, "--"+strings.ReplaceAll(field, "_", "-")+": "+i18n.T(ctx, e.Fields[field]))
		}
		return fmt.Errorf("%w: %s", errUsage, strings.Join(parts, "; "))
	case models.KindNotFound:
		return fmt.Errorf("no such %s", e.Args["noun"])
	default:
		return err
	}
}

// graphFile is where the picture of the graph stands beside the other data.
func (c config) graphFile() string { return filepath.Join(c.DataDir, "graph.xzg") }

// newGraph gives the graph of relations and money; it is read when it is first asked, or kept current while the portal serves.
func (p *portal) newGraph() *work.Graph {
	return &work.Graph{Store: p.store, File: p.cfg.graphFile(), Failed: func(err error) { p.log.Error("the graph", "error", err.Error()) }}
}
