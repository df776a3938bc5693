package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base32"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/spf13/cobra"
	"xiezhi/models"
	"xiezhi/simulate"
	"xiezhi/work"
)

//go:embed demo/authorities.csv
var demoAuthorities string

//go:embed demo/users.csv
var demoUsers string

//go:embed demo/sources.csv
var demoSources string

func table(text string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic("embedded table: " + err.Error())
	}
	return rows[1:]
}

func knownSources() []models.Source {
	var list []models.Source
	for _, r := range table(demoSources) {
		standing, err := strconv.ParseInt(r[4], 10, 64)
		if err != nil {
			panic("embedded table of sources: " + err.Error())
		}
		list = append(list, models.Source{Code: r[0], Name: r[1], NameEn: r[2], Family: r[3], Purpose: models.PurposeGeneral, Standing: standing})
	}
	return list
}

// demoSize is the province of the demonstration.
const (
	demoCompanies = 11_000
	demoTransfers = 200_000
)

func demoCommand() *cobra.Command {
	var addr, dir string
	var seed uint64
	var offset time.Duration
	var noBrowser bool
	cmd := &cobra.Command{
		Use: "demo", Short: "a ready province to look at: filled, scanned, served on this machine", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig()
			if err != nil {
				return err
			}
			cfg.Addr, cfg.DataDir, cfg.DB, cfg.SecretFile = addr, dir, filepath.Join(dir, "xiezhi.db"), filepath.Join(dir, "secret")
			cfg.Places = filepath.Join(dir, "places.yaml")
			cfg.BaseURL = "http://" + addr
			if err := loopback(addr); err != nil {
				return err
			}
			if err := cfg.keepOffset(cmd.Flags().Changed("clock-offset"), offset); err != nil {
				return err
			}
			return runDemo(cmd.Context(), cmd.OutOrStdout(), cfg, seed)
		},
	}
	f := cmd.Flags()
	f.StringVar(&addr, "addr", "127.0.0.1:8080", "loopback address to listen on")
	f.StringVar(&dir, "dir", "xiezhi-demo", "folder of the demonstration, made where it is missing")
	f.Uint64Var(&seed, "seed", 1, "seed of the invented province")
	f.DurationVar(&offset, "clock-offset", 0, "shift the portal's clock, to see the statutory clocks run")
	f.BoolVar(&noBrowser, "no-browser", false, "kept for scripts: no browser is opened in any case")
	return cmd
}

// loopback refuses any address that others could reach: the second factor is off.
func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%w: --addr: %w", errUsage, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%w: --addr: the demonstration has no second factor and listens on loopback only, not on %s", errUsage, host)
	}
	return nil
}

// keepOffset stores the clock's offset with the data, so that commands beside the demonstration live at the same time.
func (c *config) keepOffset(given bool, offset time.Duration) error {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", c.DataDir, err)
	}
	if given {
		c.ClockOffset = offset
		return os.WriteFile(c.offsetFile(), []byte(offset.String()+"\n"), 0o600)
	}
	raw, err := os.ReadFile(c.offsetFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c.ClockOffset, err = time.ParseDuration(strings.TrimSpace(string(raw)))
	return err
}

func runDemo(ctx context.Context, out io.Writer, cfg config, seed uint64) error {
	p, err := openPortal(ctx, cfg, schemaForward)
	if err != nil {
		return err
	}
	password, err := demoPassword(filepath.Join(cfg.DataDir, "password"))
	if err != nil {
		return err
	}
	marker := filepath.Join(cfg.DataDir, "filled")
	if _, err := os.Stat(marker); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(out, "Filling %s with an invented province (seed %d) ...\n", cfg.DataDir, seed)
		if err := p.fillDemo(ctx, seed, password); err != nil {
			return fmt.Errorf("fill the demonstration: %w", errors.Join(err, p.close()))
		}
		if err := os.WriteFile(marker, []byte("done\n"), 0o600); err != nil {
			return err
		}
	}
	return p.run(ctx, runOptions{worker: true, ready: func(url string) { tellDemo(out, url, password) }})
}

// demoPassword makes the one password of all demo users, or reads it where the demonstration was made before.
func demoPassword(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(raw)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	b := make([]byte, 10)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	password := "Xz-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
	return password, os.WriteFile(path, []byte(password+"\n"), 0o600)
}

// hashPassword hashes with the parameters of the portal: 46 MiB, one pass.
func hashPassword(password string) (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 46 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

func (p *portal) fillDemo(ctx context.Context, seed uint64, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	if err := p.peopleOfDemo(ctx, hash); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(p.cfg.DataDir, "province")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	until := models.Date(p.cfg.now().In(models.China).Format(time.DateOnly))
	if _, err := simulate.Write(ctx, dir, simulate.Options{Companies: demoCompanies, Transfers: demoTransfers, Seed: seed, Until: until}); err != nil {
		return err
	}
	var paths []string
	for _, t := range models.Tables() {
		if path := filepath.Join(dir, string(t)+".csv"); fileExists(path) {
			paths = append(paths, path)
		}
	}
	actor := models.System("demo")
	rep, err := p.desk.Ingest(ctx, actor, work.IngestOptions{Paths: paths, Source: "DEMO", Division: "440000"})
	if err != nil {
		return err
	}
	if rep.Refused() {
		return fmt.Errorf("the invented province has refused rows: %+v", rep.Files)
	}
	_, err = p.desk.Scan(ctx, actor, work.ScanOptions{All: true})
	return err
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// peopleOfDemo makes the authorities, users, grants and appointments of the demonstration; those that are there stay.
func (p *portal) peopleOfDemo(ctx context.Context, hash string) error {
	actor := models.System("demo")
	for _, r := range table(demoAuthorities) {
		_, err := p.store.PutAuthority(ctx, actor, models.NewAuthority{Code: r[0], Kind: models.AuthorityKind(r[1]), Name: r[2], NameEn: r[3], ShortName: r[4], Phone: r[5], Address: r[6], DivisionCode: r[7]})
		if err != nil {
			return fmt.Errorf("authority %s: %w", r[0], err)
		}
	}
	for _, r := range table(demoUsers) {
		name, role := r[0], models.Role(r[1])
		_, err := p.store.AddUser(ctx, actor, models.NewUser{Name: name, Display: r[2], DisplayEn: r[3], Authority: r[4], EnforcementNumber: r[6], PasswordHash: hash})
		if err != nil && models.KindOf(err) != models.KindInvalid {
			return fmt.Errorf("user %s: %w", name, err)
		}
		if err != nil {
			continue
		}
		if err := p.store.GrantRole(ctx, actor, name, role, r[5]); err != nil {
			return fmt.Errorf("grant of %s: %w", name, err)
		}
		if role == models.RolePrincipal {
			if err := p.store.Appoint(ctx, actor, name, "principal", "DEMO-APPOINTMENT-1", "2020-01-01", ""); err != nil {
				return fmt.Errorf("appointment of %s: %w", name, err)
			}
		}
	}
	return nil
}

func tellDemo(out io.Writer, url, password string) {
	fmt.Fprintf(out, "\nXiezhi demonstration at %s (this machine only; the second factor is off)\n\n", url)
	for _, r := range table(demoUsers) {
		fmt.Fprintf(out, "  %-12s %-24s %s\n", r[0], r[1], authorityName(r[4])+", "+r[5])
	}
	fmt.Fprintf(out, "\nOne password for all: %s\n", password)
}

func authorityName(code string) string {
	for _, r := range table(demoAuthorities) {
		if r[0] == code {
			return r[3]
		}
	}
	return code
}
