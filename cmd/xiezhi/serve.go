package main

import (
	"context"
	"fmt"
	"net"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"net/http"
	"xiezhi/models"
	"xiezhi/web"
)

func serveCommand() *cobra.Command {
	var addr, db string
	var noWorker bool
	cmd := &cobra.Command{
		Use: "serve", Short: "serve the portal, with its worker unless told otherwise", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig()
			if err != nil {
				return err
			}
			if addr != "" {
				cfg.Addr = addr
			}
			if db != "" {
				cfg.DB = db
			}
			p, err := openPortal(cmd.Context(), cfg, schemaForward)
			if err != nil {
				return err
			}
			return p.run(cmd.Context(), runOptions{secondFactor: true, worker: !noWorker})
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "", "address to listen on (XIEZHI_ADDR)")
	cmd.Flags().StringVar(&db, "db", "", "database: a file or postgres://... (XIEZHI_DB)")
	cmd.Flags().BoolVar(&noWorker, "no-worker", false, "leave scans and other background work to another process")
	return cmd
}

func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "worker", Short: "do the background work without serving", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig()
			if err != nil {
				return err
			}
			p, err := openPortal(cmd.Context(), cfg, schemaForward)
			if err != nil {
				return err
			}
			p.background(cmd.Context(), true)
			<-cmd.Context().Done()
			return p.close()
		},
	}
}

type runOptions struct {
	secondFactor bool
	worker       bool
	ready        func(url string) // called once the portal listens
}

// run serves until the context ends.
func (p *portal) run(ctx context.Context, opts runOptions) error {
	h, err := p.handler(opts.secondFactor)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", p.cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", p.cfg.Addr, err)
	}
	if err := p.store.MakeKeys(ctx, models.System("install")); err != nil {
		return fmt.Errorf("make signing keys: %w", err)
	}
	defer forReaders()()
	group, ctx := errgroup.WithContext(ctx)
	p.background(ctx, opts.worker)
	group.Go(func() error { return web.Serve(ctx, l, h) })
	if p.cfg.MetricsAddr != "" {
		m, err := lc.Listen(ctx, "tcp", p.cfg.MetricsAddr)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", p.cfg.MetricsAddr, err)
		}
		mux := http.NewServeMux()
		mux.Handle("/metrics", promhttp.Handler())
		group.Go(func() error { return web.Serve(ctx, m, mux) })
	}
	if opts.ready != nil {
		opts.ready("http://" + l.Addr().String())
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return p.close()
}
