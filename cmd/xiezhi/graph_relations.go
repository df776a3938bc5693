package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"xiezhi/work"
)

func graphPath() *cobra.Command {
	q := work.PathAsk{}
	cmd := &cobra.Command{Use: "path", Short: "the shortest chain of relations between two subjects"}
	cmd.Flags().StringVar(&q.From, "from", "", "a subject, kind:ID")
	cmd.Flags().StringVar(&q.To, "to", "", "a subject, kind:ID")
	cmd.Flags().IntVar(&q.Max, "max", 70, "most relations of a chain")
	cmd.Flags().IntVar(&q.K, "k", 1, "how many chains, shortest first")
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		if err := within("max", q.Max, 0, 70); err != nil {
			return nil, err
		}
		if err := within("k", q.K, 1, 50); err != nil {
			return nil, err
		}
		return g.Path(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.PathAnswer)
		if !ok || a.Length < 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "no chain of at most %d relations\n", q.Max)
			return
		}
		tellSteps(cmd, a.Steps)
		for _, c := range a.More {
			fmt.Fprintln(cmd.OutOrStdout())
			tellSteps(cmd, c)
		}
	})
}

// within refuses a number outside its range.
func within(flag string, n, least, most int) error {
	if n < least || n > most {
		return fmt.Errorf("%w: --%s: from %d to %d", errUsage, flag, least, most)
	}
	return nil
}

func tellSteps(cmd *cobra.Command, steps []work.GraphStep) {
	for _, s := range steps {
		arrow := "->"
		if s.Reverse {
			arrow = "<-"
		}
		ratio := ""
		if s.Ratio != nil {
			ratio = fmt.Sprintf(" %.4g %%", *s.Ratio*100)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s %s %s %s%s %s\n", s.From, arrow, s.To, s.Kind, ratio, s.Source)
	}
}

func graphNeighbours() *cobra.Command {
	q := work.NeighboursAsk{}
	cmd := &cobra.Command{Use: "neighbours", Short: "what stands around a subject"}
	cmd.Flags().StringVar(&q.Of, "of", "", "a subject, kind:ID")
	cmd.Flags().IntVar(&q.Depth, "depth", 1, "how many relations away")
	cmd.Flags().IntVar(&q.Limit, "limit", 10_000, "most subjects of the answer")
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		if err := within("depth", q.Depth, 0, 70); err != nil {
			return nil, err
		}
		if err := within("limit", q.Limit, 1, 1_000_000); err != nil {
			return nil, err
		}
		return g.Neighbours(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.NeighboursAnswer)
		if !ok {
			return
		}
		for _, c := range a.Counts {
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d out, %d in\n", c.Kind, c.Out, c.In)
		}
		for _, n := range a.Neighbours {
			fmt.Fprintf(cmd.OutOrStdout(), "%d %s %s\n", n.Depth, n.Subject, n.Via.Kind)
		}
	})
}

func graphControllers() *cobra.Command {
	var of string
	var least float64
	cmd := &cobra.Command{Use: "controllers", Short: "who owns or controls a company in the end"}
	cmd.Flags().StringVar(&of, "of", "", "a company, company:USCC")
	cmd.Flags().Float64Var(&least, "min-share", 0, "least share of those who control nothing")
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		return g.Controllers(ctx, by, of, least)
	},
		func(cmd *cobra.Command, answer any) {
			a, ok := answer.(work.ControllersAnswer)
			if !ok {
				return
			}
			for _, c := range a.Controllers {
				fmt.Fprintf(cmd.OutOrStdout(), "%s %.4f %% %s\n", c.Subject, c.Share*100, c.How)
				tellSteps(cmd, c.Chain)
			}
			for _, w := range a.Warnings {
				fmt.Fprintf(cmd.ErrOrStderr(), "warning: %s at %s (sum %.4f)\n", w.Kind, w.Subject, w.Sum)
			}
		})
}

func graphGroup() *cobra.Command {
	var of string
	var limit int
	cmd := &cobra.Command{Use: "group", Short: "the companies in one hand"}
	cmd.Flags().StringVar(&of, "of", "", "a subject, kind:ID")
	cmd.Flags().IntVar(&limit, "limit", 1000, "most companies of the answer")
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		return g.Group(ctx, by, of, limit)
	},
		func(cmd *cobra.Command, answer any) {
			a, ok := answer.(work.GroupAnswer)
			if !ok {
				return
			}
			for _, c := range a.Companies {
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", c.Subject, c.How)
			}
		})
}

func graphKeyFigures() *cobra.Command {
	var of []string
	var limit int
	cmd := &cobra.Command{Use: "keyfigures", Short: "who holds a set of subjects together"}
	cmd.Flags().StringSliceVar(&of, "of", nil, "subjects, kind:ID, separated by commas")
	cmd.Flags().IntVar(&limit, "limit", 20, "most subjects of the answer")
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		if len(of) == 0 {
			return nil, fmt.Errorf("%w: --of: at least one subject", errUsage)
		}
		return g.KeyFigures(ctx, by, of, limit)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.KeyFiguresAnswer)
		if !ok {
			return
		}
		for _, s := range a.Subjects {
			fmt.Fprintf(cmd.OutOrStdout(), "%5.1f %s: %s\n", s.Score, s.Subject, strings.Join(s.Reasons, "; "))
		}
	})
}
