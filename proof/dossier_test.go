package proof

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// goldenArchive is the SHA-256 of an archive with one small item; another value means that archives of before no longer verify.
const goldenArchive = "1dc37277d47db390354b3b9f8718b9255738049ba60205fb9fa3f667bd2a3678"

// madeAt is a moment for samples.
var madeAt = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// sample writes a small dossier with a signed paper and a piece of evidence, sealed by the office of the pair.
func sample(t testing.TB, pair KeyPair, change func(m *Manifest, contents map[string]Content)) ([]byte, map[string]PublicKey) {
	t.Helper()
	pub := pair.Public()
	pub.ID, pub.Office, pub.Name = "lead-1.1", "lead-1", "office"
	paper, piece := []byte("%PDF-1.7 letter"), []byte("a recording")
	item := Item{Path: "documents/letter-1.pdf", Role: RolePaper, Title: "letter", Size: int64(len(paper)), Digest: DigestBytes(paper),
		Paper: &PaperItem{Object: "YS-1", Kind: "letter", Revision: 1, Number: "1", Pages: 1, At: madeAt}}
	var err error
	if item.Paper.Signature, err = pair.Sign(rand.Reader, PurposeDocument, item.Statement()); err != nil {
		t.Fatal(err)
	}
	item.Paper.Signature.Key = pub.ID
	first := Custody{Seq: 1, At: madeAt, Actor: "handler1", Act: "received"}
	first.Hash = first.Chain("ZJ-1", DigestBytes(piece).SHA256)
	second := Custody{Seq: 2, At: madeAt.Add(time.Hour), Actor: "handler1", Act: "verified", Prev: first.Hash}
	second.Hash = second.Chain("ZJ-1", DigestBytes(piece).SHA256)
	m := Manifest{Ref: "JZ-1", Case: "AJ-1", Title: "case", Office: "lead-1", MadeAt: madeAt.Format(time.RFC3339), Items: []Item{item,
		{Path: "evidence/ZJ-1.mp3", Role: RoleEvidence, Title: "recording", Size: int64(len(piece)), Digest: DigestBytes(piece),
			Evidence: &EvidenceItem{Ref: "ZJ-1", Class: "audio_visual", FileName: "a.mp3", ContentKind: "mp3", Custody: []Custody{first, second}}}}}
	contents := map[string]Content{item.Path: InMemory(paper), "evidence/ZJ-1.mp3": InMemory(piece)}
	if change != nil {
		change(&m, contents)
	}
	return sealed(t, pair, pub, m, contents), map[string]PublicKey{pub.ID: pub}
}

func sealed(t testing.TB, pair KeyPair, pub PublicKey, m Manifest, contents map[string]Content) []byte {
	t.Helper()
	text, err := WriteManifest(m)
	if err != nil {
		t.Fatal(err)
	}
	s := Seal{Manifest: DigestBytes(text), Keys: []PublicKey{pub}}
	if s.Signature, err = pair.Sign(rand.Reader, PurposeDossier, text); err != nil {
		t.Fatal(err)
	}
	s.Signature.Key = pub.ID
	seal, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := WriteDossier(&buf, text, seal, m.Items, contents, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func verify(t testing.TB, file []byte, keys map[string]PublicKey) (Report, error) {
	t.Helper()
	return VerifyDossier(bytes.NewReader(file), int64(len(file)), keys)
}

func pairFor(t testing.TB) KeyPair {
	t.Helper()
	pair, err := NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func TestDossierVerifies(t *testing.T) {
	file, keys := sample(t, pairFor(t), nil)
	r, err := verify(t, file, keys)
	if err != nil || len(r.Faults) > 0 || !r.Trusted || r.Items != 2 || r.Papers != 1 || r.Evidence != 1 || r.Ref != "JZ-1" {
		t.Errorf("%+v %v", r, err)
	}
	r, err = verify(t, file, nil)
	if err != nil || len(r.Faults) > 0 || r.Trusted || r.Fingerprint == "" {
		t.Errorf("without keys: %+v %v", r, err)
	}
}

// Every single changed byte of an archive is noticed, wherever it stands.
func TestEveryByteCounts(t *testing.T) {
	file, keys := sample(t, pairFor(t), nil)
	for i := range file {
		bad := slices.Clone(file)
		bad[i] ^= 1 << (i % 8)
		if r, err := verify(t, bad, keys); err == nil && len(r.Faults) == 0 {
			t.Fatalf("byte %d of %d may be changed", i, len(file))
		}
	}
	for _, bad := range [][]byte{append(slices.Clone(file), 'x'), append([]byte("x"), file...), file[:len(file)-1]} {
		if r, err := verify(t, bad, keys); err == nil && len(r.Faults) == 0 {
			t.Error("an archive with more or fewer bytes passes")
		}
	}
}

// The verifier names the item that differs.
func TestFaultsAreNamed(t *testing.T) {
	pair := pairFor(t)
	for want, change := range map[string]func(*Manifest, map[string]Content){
		"evidence/ZJ-1.mp3: differs: neither SHA-256 nor SM3 fits": func(_ *Manifest, c map[string]Content) { c["evidence/ZJ-1.mp3"] = InMemory([]byte("a Recording")) },
		"documents/letter-1.pdf: signature of the paper":           func(m *Manifest, _ map[string]Content) { m.Items[0].Paper.Number = "2" },
		"evidence/ZJ-1.mp3: custody log: line 2 is missing": func(m *Manifest, _ map[string]Content) {
			m.Items[1].Evidence.Custody[1].Seq = 3
		},
		"evidence/ZJ-1.mp3: custody log: line 1 was changed": func(m *Manifest, _ map[string]Content) { m.Items[1].Evidence.Custody[0].Actor = "other" },
		"signature.json: the key lead-1.1 belongs to lead-1": func(m *Manifest, _ map[string]Content) { m.Office = "lead-2" },
	} {
		file, keys := sample(t, pair, change)
		r, err := verify(t, file, keys)
		if err != nil || len(r.Faults) == 0 || !strings.HasPrefix(r.Faults[0].Item+": "+r.Faults[0].What, want) {
			t.Errorf("want %s, got %+v %v", want, r.Faults, err)
		}
	}
	file, _ := sample(t, pair, nil)
	_, others := sample(t, pairFor(t), nil)
	if r, err := verify(t, file, others); err != nil || len(r.Faults) == 0 {
		t.Errorf("another office's key under the same name: %+v %v", r, err)
	}
	if r, err := verify(t, file, map[string]PublicKey{}); err != nil || len(r.Faults) == 0 || r.Trusted {
		t.Errorf("an empty key file: %+v %v", r, err)
	}
}

// A manifest that names paths out of the archive, twice or in disorder is refused.
func TestManifestPaths(t *testing.T) {
	for _, name := range []string{"", "/etc/passwd", "../x", "a/../b", "a//b", "a\\b", "a b", ManifestName, "\u4e00", strings.Repeat("a", 201)} {
		m := Manifest{Items: []Item{{Path: name, Digest: DigestBytes(nil)}}}
		if _, err := WriteManifest(m); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	d := DigestBytes(nil)
	if _, err := WriteManifest(Manifest{Items: []Item{{Path: "b", Digest: d}, {Path: "a", Digest: d}}}); err == nil {
		t.Error("disorder is taken")
	}
}

// The same dossier gives the same bytes, in a form that stays: an archive of fixed content has a fixed digest.
func TestArchiveIsDeterministic(t *testing.T) {
	body := []byte("content")
	items := []Item{{Path: "a.txt", Digest: DigestBytes(body), Size: 7}}
	var got []string
	for range 2 {
		m := NewMeter()
		if err := WriteDossier(m, []byte("{}"), []byte("{}"), items, map[string]Content{"a.txt": InMemory(body)}, nil); err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Digest().SHA256)
	}
	if got[0] != got[1] || got[0] != goldenArchive {
		t.Errorf("digests %v, want %s", got, goldenArchive)
	}
}

// A pile of other archives: none passes, none takes long, none breaks the verifier.
func TestOtherArchives(t *testing.T) {
	random := mathrand.New(mathrand.NewPCG(1, 2))
	file, keys := sample(t, pairFor(t), nil)
	for n := range 300 {
		bad := slices.Clone(file)
		for range 1 + random.IntN(8) {
			switch i := random.IntN(len(bad)); random.IntN(3) {
			case 0:
				bad[i] = byte(random.IntN(256))
			case 1:
				bad = slices.Delete(bad, i, i+1)
			default:
				bad = slices.Insert(bad, i, byte(random.IntN(256)))
			}
		}
		if bytes.Equal(bad, file) {
			continue
		}
		if r, err := verify(t, bad, keys); err == nil && len(r.Faults) == 0 {
			t.Fatalf("archive %d passes", n)
		}
	}
	var many bytes.Buffer
	z := zip.NewWriter(&many)
	for i := range maxItems + 3 {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := verify(t, many.Bytes(), nil); err == nil {
		t.Error("an archive of too many files is read")
	}
	if _, err := verify(t, bomb(t), nil); err == nil {
		t.Error("a bomb is read")
	}
}

func FuzzVerifyDossier(f *testing.F) {
	file, keys := sample(f, pairFor(f), nil)
	f.Add(file)
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := VerifyDossier(bytes.NewReader(body), int64(len(body)), keys)
		if err == nil && len(r.Faults) == 0 && !bytes.Equal(body, file) && r.Items > 0 {
			if r.Key != "lead-1.1" {
				t.Errorf("an archive without faults by %q", r.Key)
			}
		}
	})
}
