package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/work"
)

// moneyFlags are a time and a least amount as they are written.
type moneyFlags struct{ from, to, least string }

func (m *moneyFlags) on(cmd *cobra.Command) {
	cmd.Flags().StringVar(&m.from, "from", "", "from this moment on")
	cmd.Flags().StringVar(&m.to, "to", "", "up to this moment; a date is its end")
	cmd.Flags().StringVar(&m.least, "min-amount", "", "least amount of a payment, in yuan")
}

func (m *moneyFlags) read(q *work.MoneyAsk) error {
	var err error
	if q.From, err = work.ReadMoment(m.from, work.DayBegins); err != nil {
		return fmt.Errorf("%w: --from: %w", errUsage, err)
	}
	if q.To, err = work.ReadMoment(m.to, work.DayEnds); err != nil {
		return fmt.Errorf("%w: --to: %w", errUsage, err)
	}
	if m.least != "" {
		if q.MinFen, err = work.ReadYuan(m.least); err != nil {
			return fmt.Errorf("%w: --min-amount: %w", errUsage, err)
		}
	}
	return nil
}

func graphTrace() *cobra.Command {
	var m moneyFlags
	q := work.MoneyAsk{}
	cmd := &cobra.Command{Use: "trace", Short: "where the money of an account went, or came from"}
	cmd.Flags().StringVar(&q.Account, "account", "", "an account, account:N")
	cmd.Flags().StringVar(&q.Direction, "direction", work.Forward, "forward or backward")
	cmd.Flags().StringVar(&q.Method, "method", work.ProRata, "pro_rata or fifo")
	cmd.Flags().IntVar(&q.Hops, "hops", 3, "most payments in a row")
	cmd.Flags().IntVar(&q.Limit, "limit", 100_000, "most payments of the answer")
	cmd.Flags().BoolVar(&q.Sums, "sums", false, "also sums by institution and place")
	m.on(cmd)
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		if err := m.read(&q); err != nil {
			return nil, err
		}
		if err := within("hops", q.Hops, 1, 70); err != nil {
			return nil, err
		}
		return g.Trace(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.TraceAnswer)
		if !ok {
			return
		}
		for _, h := range a.Hops {
			fmt.Fprintf(cmd.OutOrStdout(), "%d %s %s -> %s %s carried %s\n", h.Depth, h.At, h.From, h.To, h.Amount, h.Carried)
		}
		for _, l := range a.Accounts {
			fmt.Fprintf(cmd.OutOrStdout(), "%d %s in %s out %s remaining %s %s\n", l.Depth, l.Account, l.In, l.Out, l.Remaining, l.Institution)
		}
	})
}

func graphCycles() *cobra.Command {
	var m moneyFlags
	q := work.CyclesAsk{}
	cmd := &cobra.Command{Use: "cycles", Short: "rings of payments"}
	cmd.Flags().IntVar(&q.MaxLength, "max-length", 5, "most payments of a ring")
	cmd.Flags().DurationVar(&q.Window, "window", 168*time.Hour, "most time from the first payment to the last")
	cmd.Flags().StringSliceVar(&q.Of, "account", nil, "accounts that a ring must pass, account:N")
	cmd.Flags().IntVar(&q.Limit, "limit", 100_000, "most rings of the answer")
	m.on(cmd)
	return asGraph(cmd, func(ctx context.Context, g *work.Graph, by work.GraphAsk) (any, error) {
		var read work.MoneyAsk
		if err := m.read(&read); err != nil {
			return nil, err
		}
		if err := within("max-length", q.MaxLength, 2, 12); err != nil {
			return nil, err
		}
		q.From, q.To, q.MinFen = read.From, read.To, read.MinFen
		return g.Cycles(ctx, by, q)
	}, func(cmd *cobra.Command, answer any) {
		a, ok := answer.(work.CyclesAnswer)
		if !ok {
			return
		}
		for _, c := range a.Cycles {
			fmt.Fprintf(cmd.OutOrStdout(), "%s to %s, at least %s: %s\n", c.FirstAt, c.LastAt, c.AmountMin, strings.Join(c.Accounts, " -> "))
		}
	})
}
