package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"xiezhi/authz"
	"xiezhi/detect"
	"xiezhi/handlers"
	"xiezhi/i18n"
	"xiezhi/ingest"
	"xiezhi/jobs"
	"xiezhi/models"
	"xiezhi/proof"
	"xiezhi/referral"
	"xiezhi/static"
	"xiezhi/web"
	"xiezhi/work"
)

// portal is everything a process of the portal holds, wired together.
type portal struct {
	cfg     config
	secrets secrets
	store   *models.Store
	desk    *work.Desk
	press   *referral.Press
	log     *slog.Logger
	heads   *models.HeadFile
	running sync.WaitGroup // background work, which ends with its context
}

// openPortal connects to the store and wires what commands need. With migrate set the schema is brought forward first, else an
// older or newer schema is refused.
func openPortal(ctx context.Context, cfg config, migrate migration) (*portal, error) {
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	sec, err := readSecrets(cfg)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(cfg.DB, "://") {
		if err := os.MkdirAll(filepath.Dir(cfg.DB), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the database: %w", err)
		}
	}
	store, err := models.Open(ctx, cfg.DB, cfg.now)
	if err != nil {
		return nil, err
	}
	store.SealWith(sec)
	policy, err := authz.Load()
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	store.FollowPolicy(policy)
	p := &portal{cfg: cfg, secrets: sec, store: store, log: log, heads: models.NewHeadFile(cfg.headFile(), sec.Audit)}
	if err := p.prepare(ctx, migrate); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	rules, err := detect.DefaultRules()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the rules: %w", err), store.Close())
	}
	places, err := readPlaces(cfg)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	p.desk = &work.Desk{Store: store, Rules: rules, Log: log, Quarantine: work.Quarantine(filepath.Join(cfg.DataDir, "quarantine")), Places: places,
		Graph: p.newGraph(), Vault: proof.Vault(filepath.Join(cfg.DataDir, "vault")), Evidence: work.EvidenceRules{Limit: cfg.EvidenceMB << 20, Scanner: cfg.Scanner}}
	if p.desk.Evidence.Limit <= 0 {
		p.desk.Evidence.Limit = defaultEvidenceMB << 20
	}
	if p.press, err = referral.NewWith(os.DirFS(filepath.Join(cfg.DataDir, "papers"))); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the press: %w", err), store.Close())
	}
	p.desk.Index = p.press.Index
	if p.desk.Post, err = p.post(); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if migrate == schemaForward {
		if err := p.desk.InstallRules(ctx, models.System("install")); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	return p, nil
}

// migration says what to do about the schema when the store is opened.
type migration int

const (
	schemaForward migration = iota
	schemaAsIs
)

func (p *portal) prepare(ctx context.Context, m migration) error {
	have, known, err := p.store.SchemaVersions(ctx)
	if err != nil {
		return err
	}
	if have > known {
		return models.ErrNewerSchema
	}
	if m == schemaAsIs || have == known {
		return nil
	}
	if err := p.store.Migrate(ctx); err != nil {
		return err
	}
	pool, err := p.store.Pool()
	if err != nil {
		return err
	}
	if err := jobs.Migrate(ctx, pool, p.store.Dialect()); err != nil {
		return err
	}
	return p.store.RegisterSources(ctx, models.System("migrate"), knownSources())
}

// close waits for background work, whose context has ended, writes the last audit head and lets go of the store.
func (p *portal) close() error {
	p.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(p.heads.Note(ctx, p.store), p.desk.Graph.Save(ctx), p.store.Close())
}

// catalog joins the messages of all packages.
func catalog() (*i18n.Catalog, error) {
	var more []i18n.Message
	fromDetect, err := detect.Messages()
	if err != nil {
		return nil, err
	}
	for _, m := range fromDetect {
		more = append(more, i18n.Message{Key: m.Key, Zh: m.Zh, En: m.En})
	}
	fromIngest, err := ingest.Messages()
	if err != nil {
		return nil, err
	}
	for _, m := range fromIngest {
		more = append(more, i18n.Message{Key: m.Key, Zh: m.Zh, En: m.En})
	}
	return i18n.Load(more)
}

// handler builds the web side.
func (p *portal) handler(secondFactor bool) (http.Handler, error) {
	messages, err := catalog()
	if err != nil {
		return nil, fmt.Errorf("read the messages: %w", err)
	}
	assets, err := static.Load()
	if err != nil {
		return nil, err
	}
	policy, err := authz.Load()
	if err != nil {
		return nil, err
	}
	texts, err := p.cfg.articles()
	if err != nil {
		return nil, err
	}
	secure := strings.HasPrefix(p.cfg.BaseURL, "https://")
	sessions := scs.New()
	sessions.Store = p.store.Sessions()
	sessions.Codec = handlers.SessionCodec{}
	sessions.Lifetime = handlers.TotalLimit
	sessions.Cookie.Name, sessions.Cookie.HttpOnly, sessions.Cookie.SameSite, sessions.Cookie.Secure = "xz_session", true, http.SameSiteLaxMode, secure
	sessions.Cookie.Persist = false
	if secure {
		sessions.Cookie.Name = "__Host-xz_session"
	}
	app := &handlers.App{Store: p.store, Policy: policy, Desk: p.desk, Dashboards: &work.Dashboards{Store: p.store}, Press: p.press, Sessions: sessions, Catalog: messages, Assets: assets, Now: p.cfg.now, VolumeFactor: p.cfg.RulesVolume,
		Articles: texts, VerifyAudit: p.verifyAudit,
		Login: handlers.LoginRules{SecondFactor: secondFactor, Secure: secure, OpenSecret: p.secrets.open}}
	access := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: logLevel()}))
	_, h, err := web.New(app, access)
	return h, err
}

func logLevel() slog.Level {
	if os.Getenv("XIEZHI_LOG") == "info" {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

func (p *portal) verifyAudit(ctx context.Context) (models.AuditReport, error) {
	heads, err := models.ReadHeads(p.cfg.headFile(), p.secrets.Audit.Public().(ed25519.PublicKey))
	if err != nil {
		return models.AuditReport{Broken: []string{err.Error()}}, nil
	}
	return p.store.VerifyAudit(ctx, heads)
}

// background does what must go on while the portal serves: signed heads of the audit trail, scans of what arrived, a sweep of
// expired sessions.
func (p *portal) background(ctx context.Context, scan bool) {
	p.running.Go(func() {
		p.every(ctx, time.Second, "write audit head", func() error { return p.heads.Note(ctx, p.store) })
	})
	p.running.Go(func() {
		p.every(ctx, 10*time.Minute, "sweep sessions", func() error { return p.store.SweepSessions(ctx) })
	})
	p.running.Go(func() {
		p.every(ctx, 10*time.Minute, "sweep samples", func() error { return p.desk.SweepSamples(ctx) })
	})
	p.running.Go(func() { p.desk.Graph.Keep(ctx, 250*time.Millisecond) })
	if scan {
		p.running.Go(func() { p.desk.Watch(ctx, models.System("scan"), 500*time.Millisecond) })
		p.running.Go(func() { p.workQueue(ctx) })
		p.running.Go(func() {
			p.every(ctx, time.Second, "check evidence", func() error { return p.desk.CheckEvidence(ctx, models.System("evidence")) })
		})
		p.running.Go(func() {
			p.every(ctx, time.Second, "make dossiers", func() error { return p.desk.MakeDossiers(ctx, models.System("dossier")) })
		})
		p.running.Go(func() {
			p.every(ctx, time.Hour, "sweep the vault", func() error { return p.desk.SweepVault(ctx) })
		})
	}
}

func (p *portal) every(ctx context.Context, d time.Duration, what string, do func() error) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := do(); err != nil && ctx.Err() == nil {
				p.log.ErrorContext(ctx, "background work failed", "what", what, "error", err.Error())
			}
		}
	}
}

// seal encrypts a second-factor secret, open decrypts it.
func (s secrets) seal(text string) ([]byte, error) { return s.Seal([]byte(text)) }

func (s secrets) open(sealed []byte) (string, error) {
	plain, err := s.Open(sealed)
	return string(plain), err
}

// Seal encrypts what only this installation may read again, such as the private halves of signing keys.
func (s secrets) Seal(plain []byte) ([]byte, error) {
	gcm, err := s.gcm()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return gcm.Seal(nonce, nonce, plain, nil), nil
}

// Open decrypts what Seal gave.
func (s secrets) Open(sealed []byte) ([]byte, error) {
	gcm, err := s.gcm()
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errors.New("the sealed secret is too short")
	}
	return gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], nil)
}

func (s secrets) gcm() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.SealKey)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
