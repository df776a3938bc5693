package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Manifest says what a dossier holds. It is signed; everything else in the archive is held to it by its digests.
type Manifest struct {
	Format   string `json:"format"`
	Ref      string `json:"ref"`
	Case     string `json:"case"`
	Referral string `json:"referral,omitempty"`
	Title    string `json:"title"`
	Office   string `json:"office"`
	Name     string `json:"office_name"`
	MadeAt   string `json:"made_at"`
	AuditSeq int64  `json:"audit_seq"`
	Audit    string `json:"audit_hash"`
	Items    []Item `json:"items"`
}

// Item is one file of a dossier. A paper carries the statement its office signed and the signature, evidence its custody log.
type Item struct {
	Path  string `json:"path"`
	Role  string `json:"role"`
	Title string `json:"title"`
	Size  int64  `json:"size"`
	Digest
	Paper    *PaperItem    `json:"paper,omitempty"`
	Evidence *EvidenceItem `json:"evidence,omitempty"`
}

// The roles of items.
const (
	RolePaper    = "paper"
	RoleEvidence = "evidence"
	RoleData     = "data"
	RoleIndex    = "index"
)

// PaperItem is what was signed of a paper.
type PaperItem struct {
	Object    string    `json:"object"`
	Kind      string    `json:"kind"`
	Revision  int       `json:"revision"`
	Number    string    `json:"number,omitempty"`
	Pages     int       `json:"pages"`
	At        time.Time `json:"at"`
	Signature Signature `json:"signature"`
}

// Statement gives the text that the paper's signature is over.
func (i Item) Statement() []byte {
	p := i.Paper
	return Statement{Object: p.Object, Kind: p.Kind, Revision: p.Revision, Number: p.Number, Digest: i.Digest, Pages: p.Pages, At: p.At}.Text()
}

// EvidenceItem is a piece of evidence with its log as far as it had come.
type EvidenceItem struct {
	Ref          string    `json:"ref"`
	Class        string    `json:"class"`
	FileName     string    `json:"file_name"`
	ContentKind  string    `json:"content_kind"`
	SourcePerson string    `json:"source_person,omitempty"`
	SourceOffice string    `json:"source_office,omitempty"`
	Active       string    `json:"active,omitempty"`
	Custody      []Custody `json:"custody"`
}

// Seal is the signature of a manifest, with the public keys that the archive's signatures name.
type Seal struct {
	Manifest  Digest      `json:"manifest"`
	Signature Signature   `json:"signature"`
	Keys      []PublicKey `json:"keys"`
}

// The names in an archive that are not items.
const (
	ManifestName = "manifest.json"
	SealName     = "signature.json"
)

const dossierFormat = "xiezhi-dossier-1"

// The bounds of a dossier.
const (
	maxManifest = 64 << 20
	maxItems    = 20_000
	maxDossier  = 256 << 30
)

// WriteManifest writes a manifest, whose items stand in the order of their paths.
func WriteManifest(m Manifest) ([]byte, error) {
	m.Format = dossierFormat
	if err := m.check(); err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(m, "", " ")
	return append(out, '\n'), err
}

// ErrManifest says that a manifest is none of this portal's.
var ErrManifest = errors.New("the manifest cannot be read")

func readManifest(text []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return m, errors.Join(ErrManifest, err)
	}
	return m, m.check()
}

func (m Manifest) check() error {
	if m.Format != dossierFormat || len(m.Items) > maxItems {
		return ErrManifest
	}
	last := ""
	for _, i := range m.Items {
		switch {
		case !safePath(i.Path) || i.Path == ManifestName || i.Path == SealName:
			return fmt.Errorf("%w: the path %q", ErrManifest, i.Path)
		case i.Path <= last:
			return fmt.Errorf("%w: %q stands twice or out of order", ErrManifest, i.Path)
		case !IsDigest(i.SHA256) || !IsDigest(i.SM3) || i.Size < 0:
			return fmt.Errorf("%w: the digests of %q", ErrManifest, i.Path)
		case i.Role == RolePaper && i.Paper == nil, i.Role == RoleEvidence && i.Evidence == nil:
			return fmt.Errorf("%w: %q says too little", ErrManifest, i.Path)
		}
		last = i.Path
	}
	return nil
}

// safePath says whether a path may stand in an archive: plain letters, in folders, never upwards.
func safePath(name string) bool {
	if name == "" || len(name) > 200 || path.Clean(name) != name || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "..") {
		return false
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-_./", c) {
			return false
		}
	}
	return true
}
