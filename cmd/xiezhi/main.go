// Command xiezhi is the early-warning portal: one binary that serves, loads facts, scans and administrates.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes of the public contract.
const (
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3
)

// errUsage marks a command line that is wrong; errRefused work that was done but for some refused rows.
var (
	errUsage   = errors.New("usage")
	errRefused = errors.New("some rows were refused")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := rootCommand().ExecuteContext(ctx)
	switch {
	case err == nil:
		return
	case errors.Is(err, errRefused):
		os.Exit(exitRefused)
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "xiezhi:", err)
		os.Exit(exitUsage)
	default:
		fmt.Fprintln(os.Stderr, "xiezhi:", err)
		os.Exit(exitFailed)
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "xiezhi",
		Short:         "Xiezhi, an early-warning portal for financial regulators",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%w: unknown command %q", errUsage, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errUsage, err) })
	root.AddCommand(demoCommand(), serveCommand(), workerCommand(), migrateCommand(), ingestCommand(), scanCommand(), backtestCommand(), simulateCommand(),
		userCommand(), auditCommand(), labelsCommand(), evaluateCommand(), learnCommand(), graphCommand(), whoCommand(), benchCommand(), backupCommand(), restoreCommand(), doctorCommand(),
		dossierCommand(), keysCommand(), evidenceCommand())
	return root
}

// argsError turns cobra's complaints about arguments into usage errors.
func argsError(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		return nil
	}
}
