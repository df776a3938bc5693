// Package notifytest is a mail server for tests: it speaks SMTP on loopback and keeps what it is given.
package notifytest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Sink is the server. Answer, where set, decides what it says to a recipient or, with an empty one, to a letter's end; an empty
// answer takes it, "drop" takes the letter and closes the connection without a word.
type Sink struct {
	Addr   string
	Roots  *x509.CertPool
	Answer func(recipient string) string

	secret  *tls.Config
	mu      sync.Mutex
	letters []Letter
}

// Letter is what the sink was given. Secret says whether it came over TLS.
type Letter struct {
	From, To, Data string
	Secret         bool
}

// Start begins to listen; with offer set the server offers STARTTLS.
func Start(t testing.TB, offer Offer) *Sink {
	t.Helper()
	s := &Sink{}
	if offer == OffersTLS {
		s.secret, s.Roots = certificate(t)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	var open sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		open.Wait()
	})
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { s.talk(conn) })
		}
	})
	return s
}

// Offer says whether a sink offers STARTTLS.
type Offer int

// The two sorts of servers.
const (
	OffersTLS Offer = iota
	OffersNone
)

// Letters gives what came in so far.
func (s *Sink) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

func (s *Sink) say(recipient string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Answer == nil {
		return ""
	}
	return s.Answer(recipient)
}

func (s *Sink) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(conn)
	reply := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	reply("220 sink")
	var l Letter
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.TrimSpace(line))
		switch {
		case strings.HasPrefix(verb, "EHLO") && s.secret != nil && !l.Secret:
			reply("250-sink\r\n250 STARTTLS")
		case strings.HasPrefix(verb, "EHLO"), strings.HasPrefix(verb, "HELO"):
			reply("250 sink")
		case verb == "STARTTLS":
			reply("220 go on")
			conn = tls.Server(conn, s.secret)
			in = bufio.NewReader(conn)
			l.Secret = true
		case strings.HasPrefix(verb, "MAIL FROM:"):
			l.From = between(line)
			reply("250 ok")
		case strings.HasPrefix(verb, "RCPT TO:"):
			l.To = between(line)
			reply(firstOf(s.say(l.To), "250 ok"))
		case verb == "DATA":
			reply("354 go on")
			l.Data = readData(in)
			if !s.take(l, reply) {
				return
			}
		case verb == "QUIT":
			reply("221 bye")
			return
		default:
			reply("500 what")
		}
	}
}

// take keeps a letter unless it is refused; false when the connection is dropped.
func (s *Sink) take(l Letter, reply func(string)) bool {
	answer := s.say("")
	if answer == "" || answer == "drop" {
		s.mu.Lock()
		s.letters = append(s.letters, l)
		s.mu.Unlock()
	}
	if answer == "drop" {
		return false
	}
	reply(firstOf(answer, "250 taken"))
	return true
}

func readData(in *bufio.Reader) string {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return b.String()
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}

func between(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func certificate(t testing.TB) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, roots
}
