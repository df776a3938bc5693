// Package notify is everything that leaves the house: letters by SMTP.
package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"
)

// Security says how a connection to the mail server is kept secret.
type Security string

// STARTTLS turns an open connection into a secret one and is refused where the server has none; TLS is secret from the start;
// Plain is not secret and is for a server on this machine.
const (
	STARTTLS Security = "starttls"
	TLS      Security = "tls"
	Plain    Security = "plain"
)

// Mailer hands letters to one mail server. Addr is host:port, From the address that letters come from. User may be empty, where
// the server asks for none. Roots are the authorities trusted beside the system's, nil for those alone.
type Mailer struct {
	Addr     string
	From     string
	User     string
	Password string
	Security Security
	Roots    *x509.CertPool
	Timeout  time.Duration
}

// Letter is one message of plain text to one person. ID is the same at each try, so that a mail server that took a letter whose
// answer was lost can tell the second from a new one.
type Letter struct {
	To      string
	Subject string
	Text    string
	ID      string
	Locale  string
	At      time.Time
}

// ErrRefused is wrapped by failures that trying again cannot mend: the server refuses this recipient or this letter for good, or
// the letter itself is not one.
var ErrRefused = errors.New("refused for good")

// Check says whether the settings can be used at all, before the first letter.
func (m Mailer) Check() error {
	if _, _, err := net.SplitHostPort(m.Addr); err != nil {
		return fmt.Errorf("mail server %q: host:port is expected", m.Addr)
	}
	if !plainAddress(m.From) {
		return fmt.Errorf("mail from %q: one plain address is expected", m.From)
	}
	switch m.Security {
	case STARTTLS, TLS:
		return nil
	case Plain:
		host, _, _ := net.SplitHostPort(m.Addr)
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("mail server %s: without encryption only a server on this machine is used", m.Addr)
		}
		return nil
	default:
		return fmt.Errorf("mail security %q: starttls, tls or plain is expected", m.Security)
	}
}

// Send hands one letter over. It returns nil once the server has taken it; errors that wrap ErrRefused are final.
func (m Mailer) Send(ctx context.Context, l Letter) error {
	text, err := l.write(m.From)
	if err != nil {
		return err
	}
	c, err := m.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := m.hand(c, l.To, text); err != nil {
		return fmt.Errorf("hand a letter to %s: %w", m.Addr, err)
	}
	_ = c.Quit() // the server has taken the letter: what it says to our goodbye changes nothing
	return nil
}

func (m Mailer) connect(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(m.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail server %q: %w", m.Addr, err)
	}
	limit := m.Timeout
	if limit <= 0 {
		limit = 20 * time.Second
	}
	secret := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: m.Roots}
	dialer := &net.Dialer{Timeout: limit}
	conn, err := dialer.DialContext(ctx, "tcp", m.Addr)
	if err != nil {
		return nil, fmt.Errorf("reach the mail server %s: %w", m.Addr, err)
	}
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if m.Security == TLS {
		conn = tls.Client(conn, secret)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("greet the mail server %s: %w", m.Addr, err), conn.Close())
	}
	if err := m.prepare(c, host, secret); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the mail server %s: %w", m.Addr, err), c.Close())
	}
	return c, nil
}

// prepare makes the connection secret and signs in. A server that offers no encryption is not used: an attacker in between could
// have taken the offer away.
func (m Mailer) prepare(c *smtp.Client, host string, secret *tls.Config) error {
	if err := c.Hello("localhost"); err != nil {
		return err
	}
	if m.Security == STARTTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return errors.New("it offers no STARTTLS")
		}
		if err := c.StartTLS(secret); err != nil {
			return err
		}
	}
	if m.User == "" {
		return nil
	}
	return c.Auth(smtp.PlainAuth("", m.User, m.Password, host))
}

func (m Mailer) hand(c *smtp.Client, to string, text []byte) error {
	if err := c.Mail(m.From); err != nil {
		return err // our own address or the connection: another try may do, for every recipient
	}
	if err := c.Rcpt(to); err != nil {
		return final(err)
	}
	w, err := c.Data()
	if err != nil {
		return final(err)
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	return final(w.Close())
}

// final marks an answer of the server that begins with 5, which it will give again.
func final(err error) error {
	var said *textproto.Error
	if errors.As(err, &said) && said.Code >= 500 && said.Code < 600 {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// plainAddress says whether a text is one address and nothing else.
func plainAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// write gives the letter as bytes of RFC 5322. Nothing in it can begin a header: addresses are plain, the subject is encoded when
// it is not, and the text lies behind the blank line in quoted-printable.
func (l Letter) write(from string) ([]byte, error) {
	switch {
	case !plainAddress(from) || !plainAddress(l.To):
		return nil, fmt.Errorf("%w: an address is not one", ErrRefused)
	case strings.ContainsFunc(l.Subject, control):
		return nil, fmt.Errorf("%w: the subject holds control characters", ErrRefused)
	case l.ID == "" || strings.ContainsFunc(l.ID, func(r rune) bool { return control(r) || strings.ContainsRune(" <>@", r) }):
		return nil, fmt.Errorf("%w: the letter has no plain number", ErrRefused)
	}
	locale := "zh-CN"
	if l.Locale == "en" {
		locale = "en"
	}
	_, host, _ := strings.Cut(from, "@")
	var buf bytes.Buffer
	for _, h := range [][2]string{{"From", "<" + from + ">"}, {"To", "<" + l.To + ">"}, {"Subject", mime.BEncoding.Encode("utf-8", l.Subject)},
		{"Date", l.At.Format(time.RFC1123Z)}, {"Message-ID", "<" + l.ID + "@" + host + ">"}, {"Auto-Submitted", "auto-generated"},
		{"Content-Language", locale}, {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"}} {
		buf.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	buf.WriteString("\r\n")
	w := quotedprintable.NewWriter(&buf)
	if _, err := w.Write([]byte(strings.ReplaceAll(strings.ReplaceAll(l.Text, "\r\n", "\n"), "\n", "\r\n"))); err != nil {
		return nil, fmt.Errorf("write a letter: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write a letter: %w", err)
	}
	return buf.Bytes(), nil
}

func control(r rune) bool {
	return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\u0085'
}
