package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/work"
)

// groupFlags are those of a question about groups.
func groupFlags(cmd *cobra.Command, q *work.GroupsAsk) {
	cmd.Flags().StringVar(&q.Of, "of", "", "only groups of this subject, kind:ID")
	cmd.Flags().IntVar(&q.Least, "least", 2, "smallest group")
	cmd.Flags().IntVar(&q.Limit, "limit", 1000, "most groups of the answer")
}

func checkGroups(q work.GroupsAsk) error {
	if err := within("least", q.Least, 2, 1_000_000); err != nil {
		return err
	}
	return within("limit", q.Limit, 1, 1_000_000)
}

func graphRings() *cobra.Command {
	var q work.GroupsAsk
	cmd := &cobra.Command{Use: "rings", Short: "groups that guarantee each other in a circle"}
	groupFlags(cmd, &q)
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		if err := checkGroups(q); err != nil {
			return nil, err
		}
		return g.GuaranteeRings(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.RingsAnswer)
		if !ok {
			return
		}
		for _, r := range a.Rings {
			fmt.Fprintf(cmd.OutOrStdout(), "%d %s\n", len(r.Members), strings.Join(r.Members, " "))
		}
	})
}

func graphClusters() *cobra.Command {
	var q work.GroupsAsk
	cmd := &cobra.Command{Use: "clusters", Short: "groups that share an address, a phone, a device or a domain"}
	groupFlags(cmd, &q)
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		if err := checkGroups(q); err != nil {
			return nil, err
		}
		return g.Clusters(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.ClustersAnswer)
		if !ok {
			return
		}
		for _, c := range a.Clusters {
			fmt.Fprintf(cmd.OutOrStdout(), "%s %d %s\n", c.Kind, len(c.Members), strings.Join(c.Members, " "))
		}
	})
}

func graphHubs() *cobra.Command {
	var m moneyFlags
	q := work.HubsAsk{}
	cmd := &cobra.Command{Use: "hubs", Short: "accounts that gather from many or scatter to many"}
	cmd.Flags().DurationVar(&q.Window, "window", 24*time.Hour, "within this time")
	cmd.Flags().IntVar(&q.Least, "least", 10, "least different others")
	cmd.Flags().IntVar(&q.Limit, "limit", 1000, "most accounts of the answer")
	m.on(cmd)
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		read, err := m.moment()
		if err != nil {
			return nil, err
		}
		if err := within("least", q.Least, 2, 1_000_000); err != nil {
			return nil, err
		}
		q.From, q.To, q.MinFen = read.From, read.To, read.MinFen
		return g.Hubs(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.HubsAnswer)
		if !ok {
			return
		}
		for _, h := range a.Hubs {
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s %d others %s %s, %s to %s\n", h.Account, h.Direction, h.Others, h.Amount, h.Currency, h.FirstAt, h.LastAt)
		}
	})
}

// moment reads the flags by themselves.
func (m *moneyFlags) moment() (work.MoneyAsk, error) {
	var q work.MoneyAsk
	err := m.read(&q)
	return q, err
}

func graphMoneyPath() *cobra.Command {
	var m moneyFlags
	q := work.MoneyPathAsk{}
	cmd := &cobra.Command{Use: "moneypath", Short: "the shortest chain of payments from one account to another"}
	cmd.Flags().StringVar(&q.Source, "source", "", "an account, account:N")
	cmd.Flags().StringVar(&q.Target, "target", "", "an account, account:N")
	cmd.Flags().IntVar(&q.Hops, "hops", 6, "most payments of a chain")
	m.on(cmd)
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		read, err := m.moment()
		if err != nil {
			return nil, err
		}
		if err := within("hops", q.Hops, 1, 70); err != nil {
			return nil, err
		}
		q.From, q.To, q.MinFen = read.From, read.To, read.MinFen
		return g.MoneyPath(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.MoneyPathAnswer)
		if !ok {
			return
		}
		if a.Length < 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "no chain of at most %d payments\n", q.Hops)
		}
		for _, h := range a.Hops {
			fmt.Fprintf(cmd.OutOrStdout(), "%d %s %s -> %s %s %s\n", h.Depth, h.At, h.From, h.To, h.Amount, h.Currency)
		}
	})
}

func graphSums() *cobra.Command {
	var m moneyFlags
	q := work.SumsAsk{}
	cmd := &cobra.Command{Use: "sums", Short: "all payments added up by institution or place"}
	cmd.Flags().StringVar(&q.By, "by", work.ByInstitution, "institution or place")
	cmd.Flags().IntVar(&q.Limit, "limit", 10_000, "most lines of the answer")
	m.on(cmd)
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		read, err := m.moment()
		if err != nil {
			return nil, err
		}
		q.From, q.To, q.MinFen = read.From, read.To, read.MinFen
		return g.Sums(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.SumsAnswer)
		if !ok {
			return
		}
		for _, s := range a.Sums {
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s: %d accounts, in %s, out %s, inside %s\n", s.Currency, s.Name, s.Accounts, s.In, s.Out, s.Inside)
		}
	})
}
