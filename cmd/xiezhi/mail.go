package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"xiezhi/notify"
	"xiezhi/work"
)

// mailSettings say how notices are mailed; without an address of a server nothing is.
type mailSettings struct {
	Addr         string `env:"ADDR"`          // host:port
	From         string `env:"FROM"`          // the address that letters come from
	User         string `env:"USER"`          // where the server asks for one
	PasswordFile string `env:"PASSWORD_FILE"` // holds the password of the user
	Security     string `env:"SECURITY" envDefault:"starttls"`
	Authorities  string `env:"CA_FILE"` // certificates trusted beside the system's, in PEM
}

// post prepares the mail, nil where it is off. Wrong settings are told at the start, not at the first letter.
func (p *portal) post() (*work.Post, error) {
	s := p.cfg.Mail
	if s.Addr == "" {
		return nil, nil
	}
	m := notify.Mailer{Addr: s.Addr, From: s.From, User: s.User, Security: notify.Security(s.Security)}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	if s.PasswordFile != "" {
		raw, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("read the mail password: %w", err)
		}
		m.Password = strings.TrimSpace(string(raw))
	}
	if s.Authorities != "" {
		raw, err := os.ReadFile(s.Authorities)
		if err != nil {
			return nil, fmt.Errorf("read the mail authorities: %w", err)
		}
		if m.Roots, err = x509.SystemCertPool(); err != nil {
			m.Roots = x509.NewCertPool()
		}
		if !m.Roots.AppendCertsFromPEM(raw) {
			return nil, fmt.Errorf("%w: %s holds no certificate", errUsage, s.Authorities)
		}
	}
	messages, err := catalog()
	if err != nil {
		return nil, fmt.Errorf("read the messages: %w", err)
	}
	return &work.Post{Mailer: m, Catalog: messages, BaseURL: strings.TrimRight(p.cfg.BaseURL, "/")}, nil
}
