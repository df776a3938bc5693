package proof

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

// The digests of the standards' own examples: GB/T 32905-2016 A.1 and FIPS 180-4 for the text abc.
func TestDigestOfStandardText(t *testing.T) {
	d := DigestBytes([]byte("abc"))
	if d.SHA256 != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error("SHA-256 of abc is", d.SHA256)
	}
	if d.SM3 != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" {
		t.Error("SM3 of abc is", d.SM3)
	}
}

// A content that is put comes out as it went in, whatever it is; the same content twice is one file.
func TestVaultKeeps(t *testing.T) {
	v := Vault(t.TempDir())
	rapid.Check(t, func(r *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 1, 5000).Draw(r, "body")
		for range 2 {
			d, n, err := v.Put(context.Background(), bytes.NewReader(body), 5000)
			if err != nil || n != int64(len(body)) || d != DigestBytes(body) {
				r.Fatalf("%v %d %v", d, n, err)
			}
			if ok, err := v.Check(context.Background(), d, n); !ok || err != nil {
				r.Fatalf("check: %v %v", ok, err)
			}
		}
	})
	parts, err := os.ReadDir(filepath.Join(string(v), incoming))
	if err != nil || len(parts) != 0 {
		t.Errorf("%d parts are left: %v", len(parts), err)
	}
}

// A changed, shortened, missing or wrongly named content is noticed; nothing is left of one that was not taken.
func TestVaultNotices(t *testing.T) {
	v, ctx := Vault(t.TempDir()), t.Context()
	d, n, err := v.Put(ctx, strings.NewReader("evidence"), 100)
	if err != nil {
		t.Fatal(err)
	}
	path, err := v.Path(d.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"Evidence", "evidenc", "evidence "} {
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if ok, err := v.Check(ctx, d, n); ok || err != nil {
			t.Errorf("%q passes: %v", body, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if ok, err := v.Check(ctx, d, n); ok || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing content: %v %v", ok, err)
	}
	if _, err := v.Path("../../etc/passwd"); err == nil {
		t.Error("a path leaves the vault")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	cases := map[string]error{}
	_, _, cases["too large"] = v.Put(ctx, strings.NewReader("123456"), 5)
	_, _, cases["empty"] = v.Put(ctx, strings.NewReader(""), 5)
	_, _, cases["torn"] = v.Put(ctx, iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("123"))), 5)
	_, _, cases["given up"] = v.Put(ended, strings.NewReader("123"), 5)
	for what, err := range cases {
		if err == nil {
			t.Errorf("a content that is %s is kept", what)
		}
	}
	left := 0
	if err := filepath.WalkDir(string(v), func(_ string, e fs.DirEntry, err error) error {
		if !e.IsDir() {
			left++
		}
		return err
	}); err != nil || left != 0 {
		t.Errorf("%d files are left: %v", left, err)
	}
}

// The sweep takes parts and contents that nobody needs, once they are old, and nothing else.
func TestVaultSweep(t *testing.T) {
	v, ctx := Vault(t.TempDir()), t.Context()
	put := func(text string) string {
		d, _, err := v.Put(ctx, strings.NewReader(text), 100)
		if err != nil {
			t.Fatal(err)
		}
		return d.SHA256
	}
	needed, idle, fresh := put("needed"), put("idle"), put("fresh")
	part := filepath.Join(string(v), incoming, "part")
	if err := os.WriteFile(part, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	for _, name := range []string{needed, idle} {
		path, _ := v.Path(name)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(part, old, old); err != nil {
		t.Fatal(err)
	}
	gone, err := v.Sweep(time.Hour, func([]string) (map[string]bool, error) { return map[string]bool{needed: true}, nil })
	if err != nil || gone != 2 {
		t.Errorf("%d went: %v", gone, err)
	}
	for name, want := range map[string]bool{needed: true, fresh: true, idle: false} {
		f, err := v.Open(name)
		if (err == nil) != want {
			t.Errorf("%s is there: %v", name, err)
		}
		if err == nil {
			_ = f.Close()
		}
	}
}

// A signature holds for its message, purpose and key alone: every changed bit of either is noticed, by both kinds.
func TestSignatures(t *testing.T) {
	k, err := NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadKeyPair(k.Secret())
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	msg := []byte("sha256 00 sm3 11")
	s, err := again.Sign(rand.Reader, "document", msg)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Public().Verify("document", msg, s); err != nil {
		t.Fatal(err)
	}
	if k.Public().Verify("dossier", msg, s) == nil || other.Public().Verify("document", msg, s) == nil {
		t.Error("another purpose or key passes")
	}
	flip := func(b []byte, bit int) []byte {
		c := slices.Clone(b)
		c[bit/8] ^= 1 << (bit % 8)
		return c
	}
	for bit := range len(msg) * 8 {
		err := k.Public().Verify("document", flip(msg, bit), s)
		if !errors.Is(err, ErrEd25519) || !errors.Is(err, ErrSM2) {
			t.Fatalf("bit %d of the message: %v", bit, err)
		}
	}
	for bit := 0; bit < len(s.SM2)*8; bit += 3 {
		if k.Public().Verify("document", msg, Signature{Ed25519: s.Ed25519, SM2: flip(s.SM2, bit)}) == nil {
			t.Fatalf("bit %d of the SM2 signature", bit)
		}
	}
	for bit := 0; bit < len(s.Ed25519)*8; bit += 3 {
		if k.Public().Verify("document", msg, Signature{Ed25519: flip(s.Ed25519, bit), SM2: s.SM2}) == nil {
			t.Fatalf("bit %d of the Ed25519 signature", bit)
		}
	}
	if (PublicKey{}).Verify("document", msg, Signature{}) == nil {
		t.Error("no key passes")
	}
}

func TestKeyFile(t *testing.T) {
	k, err := NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	pub := k.Public()
	pub.ID, pub.Office = "lead-1.1", "lead-1"
	text, err := WriteKeys([]PublicKey{pub})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ReadKeys(text)
	if err != nil || keys["lead-1.1"].Fingerprint() != pub.Fingerprint() {
		t.Errorf("%v %v", keys, err)
	}
	twice, err := WriteKeys([]PublicKey{pub, pub})
	if err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string][]byte{"twice": twice, "nothing": nil, "other": []byte(`{"keys":[]}`)} {
		if _, err := ReadKeys(bad); err == nil {
			t.Errorf("%s is read", what)
		}
	}
}

func zipOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range names {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("x"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// bomb is an archive that says it becomes a thousand times larger.
func bomb(t testing.TB) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.Create("zeros")
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for range smallEnough>>20 + 1 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestKindOf(t *testing.T) {
	for name, body := range map[string]string{
		"pdf": "%PDF-1.7\n", "png": "\x89PNG\r\n\x1a\n....", "jpeg": "\xff\xd8\xff\xe0....", "gif": "GIF89a......", "office": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
		"zip": string(zipOf(t, "a.txt")), "docx": string(zipOf(t, "[Content_Types].xml", "word/document.xml")), "ofd": string(zipOf(t, "OFD.xml")), "xlsx": string(zipOf(t, "xl/workbook.xml")),
		"mp4": "\x00\x00\x00\x18ftypisom....", "heic": "\x00\x00\x00\x18ftypheic....", "wav": "RIFF\x00\x00\x00\x00WAVE", "avi": "RIFF\x00\x00\x00\x00AVI ", "mp3": "ID3.........",
		"sqlite": "SQLite format 3\x00....", "text": "\u7532\u516c\u53f8, 2026", "html": "<!DOCTYPE html><title>x</title>",
	} {
		k, err := KindOf(strings.NewReader(body), int64(len(body)))
		if err != nil || k.Name != name {
			t.Errorf("%s: %s %v", name, k.Name, err)
		}
	}
	gbk := "\xbc\xd7\xb9\xab\xcb\xbe,100\n"
	if k, err := KindOf(strings.NewReader(gbk), int64(len(gbk))); err != nil || k.Name != "text" {
		t.Errorf("a text in GBK: %s %v", k.Name, err)
	}
	for body, want := range map[string]error{"MZ\x90\x00": ErrProgram, "\x7fELF\x02": ErrProgram, "#!/bin/sh\n": ErrProgram, "\x00\x01\x02\x03": ErrUnknown, "PK\x03\x04 broken": ErrDamaged, string(bomb(t)): ErrBomb} {
		if k, err := KindOf(strings.NewReader(body), int64(len(body))); !errors.Is(err, want) {
			t.Errorf("%q: %s %v, want %v", body[:4], k.Name, err, want)
		}
	}
	pdf, _ := KindNamed("pdf")
	if !pdf.Fits("Report.PDF") || pdf.Fits("report.pdf.exe") || pdf.Fits("pdf") {
		t.Error("names of a pdf")
	}
	if k, _ := KindNamed("amr"); k.Name != "amr" {
		t.Error("no amr")
	}
}

func TestActive(t *testing.T) {
	for want, c := range map[string]struct{ kind, body string }{
		"macro": {"docx", string(zipOf(t, "word/document.xml", "word/vbaProject.bin"))}, "script": {"pdf", "%PDF-1.7 /S /JavaScript"}, "web_page": {"html", "<html>"},
		"": {"pdf", "%PDF-1.7 plain"},
	} {
		k, _ := KindNamed(c.kind)
		got, err := Active(k, strings.NewReader(c.body), int64(len(c.body)))
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v %v, want %q", c.kind, got, err, want)
		}
	}
}

// Whatever the bytes, the answer is a kind or an error, soon.
func FuzzKindOf(f *testing.F) {
	for _, s := range []string{"", "%PDF-", "PK\x03\x04", "RIFF\x00\x00\x00\x00WAVE", "\x81\x30\x81\x30", "BM\x00\x00"} {
		f.Add([]byte(s))
	}
	f.Add(zipOf(f, "word/document.xml"))
	f.Fuzz(func(t *testing.T, body []byte) {
		k, err := KindOf(bytes.NewReader(body), int64(len(body)))
		if (err == nil) == (k.Name == "") {
			t.Errorf("%q %v", k.Name, err)
		}
		if err == nil {
			if _, err := Active(k, bytes.NewReader(body), int64(len(body))); err != nil {
				t.Error(err)
			}
		}
	})
}
