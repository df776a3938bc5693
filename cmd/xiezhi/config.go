package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"xiezhi/law"
)

// config is every setting; it is read here and nowhere else.
type config struct {
	DB          string        `env:"XIEZHI_DB"`
	Addr        string        `env:"XIEZHI_ADDR" envDefault:"127.0.0.1:8080"`
	MetricsAddr string        `env:"XIEZHI_METRICS_ADDR"`
	DataDir     string        `env:"XIEZHI_DATA_DIR" envDefault:"xiezhi-data"`
	BaseURL     string        `env:"XIEZHI_BASE_URL" envDefault:"http://127.0.0.1:8080"`
	SecretFile  string        `env:"XIEZHI_SECRET_FILE"`
	Division    string        `env:"XIEZHI_DIVISION" envDefault:"000000"`
	ClockOffset time.Duration `env:"XIEZHI_CLOCK_OFFSET"`
	RulesVolume float64       `env:"XIEZHI_RULES_VOLUME" envDefault:"2"` // see models.TooMany
	Places      string        `env:"XIEZHI_PLACES"`                      // a file that names the folders and databases of connectors

	Articles string `env:"XIEZHI_ARTICLES"` // a file with the texts of articles, shown beside limits

	EvidenceMB int64  `env:"XIEZHI_EVIDENCE_MB" envDefault:"1024"` // the largest file of evidence
	Scanner    string `env:"XIEZHI_SCANNER"`                       // a program that looks at files in quarantine

	Mail mailSettings `envPrefix:"XIEZHI_SMTP_"`

	clock func() time.Time // instead of the machine's, in tests
}

func readConfig() (config, error) {
	var c config
	if err := env.Parse(&c); err != nil {
		return c, fmt.Errorf("%w: %w", errUsage, err)
	}
	if c.DB == "" {
		c.DB = filepath.Join(c.DataDir, "xiezhi.db")
	}
	if c.SecretFile == "" {
		c.SecretFile = filepath.Join(c.DataDir, "secret")
	}
	if c.Places == "" {
		c.Places = filepath.Join(c.DataDir, "places.yaml")
	}
	if c.Articles == "" {
		if name := filepath.Join(c.DataDir, "articles.json"); fileExists(name) {
			c.Articles = name
		}
	}
	if c.ClockOffset == 0 {
		offset, err := os.ReadFile(c.offsetFile())
		if err == nil {
			if c.ClockOffset, err = time.ParseDuration(strings.TrimSpace(string(offset))); err != nil {
				return c, fmt.Errorf("read %s: %w", c.offsetFile(), err)
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return c, fmt.Errorf("read the clock offset: %w", err)
		}
	}
	return c, nil
}

func (c config) offsetFile() string { return filepath.Join(c.DataDir, "clock-offset") }
func (c config) headFile() string   { return filepath.Join(c.DataDir, "audit-heads.jsonl") }

// now is the portal's clock: the machine's, shifted by the offset of a demonstration.
func (c config) now() time.Time {
	if c.clock != nil {
		return c.clock()
	}
	return time.Now().Add(c.ClockOffset)
}

// masked hides what must not be shown: the password in a database address.
func (c config) masked() string {
	u, err := url.Parse(c.DB)
	if err != nil || u.User == nil {
		return c.DB
	}
	return u.Redacted()
}

// defaultEvidenceMB is the largest file of evidence where nothing else was set.
const defaultEvidenceMB = 1024

// secrets are the keys of an installation, derived from one file that only its owner may read.
type secrets struct {
	Audit   ed25519.PrivateKey
	SealKey []byte // encrypts second-factor secrets and signing keys
}

// readSecrets reads the secret file, or makes it at the first start.
func readSecrets(c config) (secrets, error) {
	raw, err := os.ReadFile(c.SecretFile)
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = makeSecret(c.SecretFile)
	}
	if err != nil {
		return secrets{}, fmt.Errorf("read the secret file: %w", err)
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(seed) != 64 {
		return secrets{}, fmt.Errorf("the secret file %s is damaged: 64 bytes in hex are expected", c.SecretFile)
	}
	return secrets{Audit: ed25519.NewKeyFromSeed(seed[:32]), SealKey: seed[32:]}, nil
}

func makeSecret(path string) ([]byte, error) {
	seed := make([]byte, 64)
	if _, err := rand.Read(seed); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	text := []byte(hex.EncodeToString(seed) + "\n")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	return text, errors.Join(err, f.Sync(), f.Close())
}

// articles reads the texts of articles that the operator named; a file that is named must be readable.
func (c config) articles() (law.FullTexts, error) {
	if c.Articles == "" {
		return law.FullTexts{}, nil
	}
	f, err := os.Open(c.Articles)
	if err != nil {
		return law.FullTexts{}, fmt.Errorf("texts of the law: %w", err)
	}
	defer f.Close()
	texts, err := law.LoadFullTexts(f)
	if err != nil {
		return texts, fmt.Errorf("texts of the law, %s: %w", c.Articles, err)
	}
	return texts, nil
}
