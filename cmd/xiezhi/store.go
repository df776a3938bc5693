package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"xiezhi/models"
	"xiezhi/proof"
	"xiezhi/work"
)

func randomPassword() (string, error) {
	b := make([]byte, 15)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return "Xz-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)), nil
}

func migrateCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "migrate", Short: "bring the schema forward", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, _ []string) error { return p.tellSchema(cmd) })}
	cmd.AddCommand(&cobra.Command{Use: "status", Short: "the schema's version", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error { return p.tellSchema(cmd) })})
	return cmd
}

func (p *portal) tellSchema(cmd *cobra.Command) error {
	have, known, err := p.store.SchemaVersions(cmd.Context())
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "schema %d of %d\n", have, known)
	return nil
}

func backupCommand() *cobra.Command {
	return &cobra.Command{Use: "backup FILE", Short: "a consistent copy of the database, taken while the portal serves", Args: argsError(cobra.ExactArgs(1)),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, args []string) error {
			if err := p.store.Backup(cmd.Context(), byCommand, p.cfg.DB, args[0]); err != nil {
				return err
			}
			n, err := p.backupVault(cmd.Context(), args[0]+vaultEnd)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "backup written to %s, and %d contents of evidence to %s\n", args[0], n, args[0]+vaultEnd)
			return nil
		})}
}

func restoreCommand() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{Use: "restore FILE", Short: "put a backup in the place of the database, while the portal is stopped", Args: argsError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := readConfig()
			if err != nil {
				return err
			}
			if err := checkVaultBackup(args[0] + vaultEnd); err != nil {
				return err
			}
			if err := models.Restore(cmd.Context(), args[0], cfg.DB, models.RestoreOptions{Replace: replace}); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "restored %s from %s\n", cfg.masked(), args[0])
			return restoreVault(cmd, cfg, args[0]+vaultEnd)
		}}
	cmd.Flags().BoolVar(&replace, "replace", false, "replace a database that is there")
	return cmd
}

func doctorCommand() *cobra.Command {
	return &cobra.Command{Use: "doctor", Short: "the effective settings and whether all is well", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig()
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			for _, r := range [][2]string{{"XIEZHI_DB", cfg.masked()}, {"XIEZHI_ADDR", cfg.Addr}, {"XIEZHI_DATA_DIR", cfg.DataDir}, {"XIEZHI_BASE_URL", cfg.BaseURL},
				{"XIEZHI_SECRET_FILE", cfg.SecretFile + " (hidden)"}, {"XIEZHI_DIVISION", cfg.Division}, {"XIEZHI_CLOCK_OFFSET", cfg.ClockOffset.String()}, {"go", runtime.Version()}} {
				fmt.Fprintf(w, "%s\t%s\n", r[0], r[1])
			}
			if err := w.Flush(); err != nil {
				return err
			}
			return withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error { return p.checkUp(cmd) })(cmd, nil)
		}}
}

func (p *portal) checkUp(cmd *cobra.Command) error {
	have, known, err := p.store.SchemaVersions(cmd.Context())
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "database reached (%s), schema %d of %d\n", p.store.Dialect(), have, known)
	if have != known {
		return fmt.Errorf("the schema is not current: run xiezhi migrate")
	}
	rep, err := p.verifyAudit(cmd.Context())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "audit trail: %d entries, %d signed heads, %d faults\n", rep.Entries, rep.Heads, len(rep.Broken))
	if len(rep.Broken) > 0 {
		return fmt.Errorf("the audit trail is broken: %s", strings.Join(rep.Broken, "; "))
	}
	return nil
}

// vaultEnd is what the backup of the vault is called after the backup of the database.
const vaultEnd = ".vault"

// backupVault writes the contents of evidence and dossiers beside the backup of the database, sealed as that is.
func (p *portal) backupVault(ctx context.Context, file string) (int, error) {
	part := file + ".part"
	out, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := p.desk.BackupVault(ctx, out)
	if err = errors.Join(err, out.Close()); err != nil {
		return n, err
	}
	return n, models.SealFile(part, file)
}

// checkVaultBackup refuses a damaged backup of the vault before anything is changed; one that is missing is told afterwards.
func checkVaultBackup(file string) error {
	in, _, err := models.OpenSealed(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("restore: %s: %w", file, err)
	}
	return in.Close()
}

// restoreVault puts the contents back and says which ones the database names that are not there.
func restoreVault(cmd *cobra.Command, cfg config, file string) error {
	in, content, err := models.OpenSealed(file)
	if err == nil {
		n, rerr := work.RestoreVault(cmd.Context(), proof.Vault(filepath.Join(cfg.DataDir, "vault")), content)
		if rerr = errors.Join(rerr, in.Close()); rerr != nil {
			return rerr
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d contents of evidence\n", n)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("restore: %s: %w", file, err)
	}
	p, err := openPortal(cmd.Context(), cfg, schemaForward)
	if err != nil {
		return err
	}
	rep, err := p.desk.CheckVault(cmd.Context())
	if err = errors.Join(err, p.close()); err != nil {
		return err
	}
	if lost := len(rep.Missing) + len(rep.Differ); lost > 0 {
		return fmt.Errorf("restore: of %d contents of evidence %d are missing and %d differ: %s", rep.Contents, len(rep.Missing), len(rep.Differ), strings.Join(append(rep.Missing, rep.Differ...), " "))
	}
	return nil
}
