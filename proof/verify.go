package proof

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Fault is one thing that is wrong with a dossier: the item, or manifest.json, signature.json or the archive itself, and what.
type Fault struct {
	Item string `json:"item"`
	What string `json:"what"`
}

// Report is what a verification found. Trusted says that the key of the seal stood in the key file that was given; without one the
// archive proves that it was not changed since it was sealed with the key of this fingerprint, and the fingerprint is to be
// compared with what the office publishes.
type Report struct {
	Ref         string  `json:"ref"`
	Case        string  `json:"case"`
	Referral    string  `json:"referral,omitempty"`
	Office      string  `json:"office"`
	Name        string  `json:"office_name"`
	MadeAt      string  `json:"made_at"`
	Key         string  `json:"key"`
	Fingerprint string  `json:"fingerprint"`
	Trusted     bool    `json:"trusted"`
	Items       int     `json:"items"`
	Papers      int     `json:"papers"`
	Evidence    int     `json:"evidence"`
	Faults      []Fault `json:"faults"`
	SHA256      string  `json:"sha256"`
	SM3         string  `json:"sm3"`
}

func (r *Report) fault(item, format string, args ...any) {
	r.Faults = append(r.Faults, Fault{Item: item, What: fmt.Sprintf(format, args...)})
}

// ErrNoDossier says that a file is not an archive of this portal at all.
var ErrNoDossier = errors.New("this is no dossier")

// VerifyDossier checks a dossier without any store: every item against its digests, the manifest against its signatures, each paper
// against the signature of its office, each custody log against its chain, and the archive against the one way of writing it, so
// that no byte of it is unaccounted for. keys are those of a key file, nil where none is given. It fails only for a file that
// cannot be read as a dossier; everything else is a fault of the report.
func VerifyDossier(file io.ReaderAt, size int64, keys map[string]PublicKey) (Report, error) {
	r := Report{Faults: []Fault{}}
	if size > maxDossier {
		return r, fmt.Errorf("%w: it has %d bytes", ErrNoDossier, size)
	}
	z, err := zip.NewReader(file, size)
	if err != nil {
		return r, errors.Join(ErrNoDossier, err)
	}
	if len(z.File) > maxItems+2 {
		return r, fmt.Errorf("%w: it holds %d files", ErrNoDossier, len(z.File))
	}
	files := map[string]*zip.File{}
	sum := uint64(0)
	for _, f := range z.File {
		if _, twice := files[f.Name]; twice {
			r.fault(f.Name, "stands twice in the archive")
		}
		if sum += f.UncompressedSize64; f.Method != zip.Store || f.UncompressedSize64 > uint64(size) || sum > uint64(size) {
			return r, fmt.Errorf("%w: %q is not stored plainly", ErrNoDossier, f.Name)
		}
		files[f.Name] = f
	}
	manifest, err := readSmall(files[ManifestName])
	if err != nil {
		return r, err
	}
	m, err := readManifest(manifest)
	if err != nil {
		return r, errors.Join(ErrNoDossier, err)
	}
	seal, err := readSmall(files[SealName])
	if err != nil {
		return r, err
	}
	r.Ref, r.Case, r.Referral, r.Office, r.Name, r.MadeAt = m.Ref, m.Case, m.Referral, m.Office, m.Name, m.MadeAt
	known := r.seal(manifest, seal, m.Office, keys)
	r.items(m, files, known)
	whole, _, err := DigestOf(io.NewSectionReader(file, 0, size))
	if err != nil {
		return r, err
	}
	r.SHA256, r.SM3 = whole.SHA256, whole.SM3
	r.shape(whole, manifest, seal, m, files)
	return r, nil
}

func readSmall(f *zip.File) ([]byte, error) {
	if f == nil {
		return nil, fmt.Errorf("%w: it has no manifest or no signature", ErrNoDossier)
	}
	if f.UncompressedSize64 > maxManifest {
		return nil, fmt.Errorf("%w: %s is too long", ErrNoDossier, f.Name)
	}
	in, err := f.Open()
	if err != nil {
		return nil, errors.Join(ErrNoDossier, err)
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxManifest+1))
	if err != nil && !errors.Is(err, zip.ErrChecksum) { // a changed byte is found by the digests, which say where
		return nil, errors.Join(ErrNoDossier, err)
	}
	return text, nil
}

// seal holds the manifest against its signature and gives the keys that may be believed.
func (r *Report) seal(manifest, text []byte, office string, keys map[string]PublicKey) map[string]PublicKey {
	var s Seal
	if err := json.Unmarshal(text, &s); err != nil {
		r.fault(SealName, "cannot be read")
		return nil
	}
	if DigestBytes(manifest) != s.Manifest {
		r.fault(ManifestName, "is not what was signed: its digests differ")
	}
	known := map[string]PublicKey{}
	for _, k := range s.Keys {
		known[k.ID] = k
	}
	for id, k := range keys {
		if inside, ok := known[id]; ok && inside.Fingerprint() != k.Fingerprint() {
			r.fault(SealName, "the key %s is another than that of the key file", id)
		}
		known[id] = k
	}
	k, ok := known[s.Signature.Key]
	if !ok {
		r.fault(SealName, "the key %q is not known", s.Signature.Key)
		return known
	}
	_, r.Trusted = keys[k.ID]
	if keys != nil && !r.Trusted {
		r.fault(SealName, "the key %s is not in the key file", k.ID)
	}
	r.Key, r.Fingerprint = k.ID, k.Fingerprint()
	if k.Office != office {
		r.fault(SealName, "the key %s belongs to %s, not to %s", k.ID, k.Office, office)
	}
	if err := k.Verify(PurposeDossier, manifest, s.Signature); err != nil {
		r.fault(ManifestName, "%v", err)
	}
	return known
}

// items holds every item against the manifest.
func (r *Report) items(m Manifest, files map[string]*zip.File, keys map[string]PublicKey) {
	named := map[string]bool{ManifestName: true, SealName: true}
	for _, i := range m.Items {
		r.Items++
		named[i.Path] = true
		f := files[i.Path]
		if f == nil {
			r.fault(i.Path, "is missing")
			continue
		}
		if what := compare(f, i); what != "" {
			r.fault(i.Path, "%s", what)
		}
		if i.Paper != nil {
			r.Papers++
			if what := checkPaper(i, keys); what != "" {
				r.fault(i.Path, "%s", what)
			}
		}
		if i.Evidence != nil {
			r.Evidence++
			if what := CheckCustody(i.Evidence.Ref, i.SHA256, i.Evidence.Custody); what != "" {
				r.fault(i.Path, "custody log: %s", what)
			}
		}
	}
	for name := range files {
		if !named[name] {
			r.fault(name, "is not in the manifest")
		}
	}
}

func compare(f *zip.File, i Item) string {
	in, err := f.Open()
	if err != nil {
		return "cannot be read"
	}
	defer in.Close()
	d, n, err := DigestOf(in)
	switch {
	case d.SHA256 != i.SHA256 && d.SM3 != i.SM3:
		return "differs: neither SHA-256 nor SM3 fits"
	case d.SHA256 != i.SHA256:
		return "differs: the SHA-256 does not fit"
	case d.SM3 != i.SM3:
		return "differs: the SM3 does not fit"
	case n != i.Size:
		return fmt.Sprintf("has %d bytes, not %d", n, i.Size)
	case err != nil:
		return "its checksum in the archive is wrong"
	}
	return ""
}

func checkPaper(i Item, keys map[string]PublicKey) string {
	if i.Paper.Signature.Key == "" {
		return "" // issued before papers were signed; the seal of the dossier holds it
	}
	k, ok := keys[i.Paper.Signature.Key]
	if !ok {
		return fmt.Sprintf("the key %q of the paper is not known", i.Paper.Signature.Key)
	}
	if err := k.Verify(PurposeDocument, i.Statement(), i.Paper.Signature); err != nil {
		return "signature of the paper: " + err.Error()
	}
	return ""
}

// shape writes the archive anew from what it holds and compares.
func (r *Report) shape(whole Digest, manifest, seal []byte, m Manifest, files map[string]*zip.File) {
	contents := map[string]Content{}
	for _, i := range m.Items {
		f := files[i.Path]
		if f == nil {
			return
		}
		contents[i.Path] = func() (io.ReadCloser, error) { return f.Open() }
	}
	again := NewMeter()
	if err := WriteDossier(again, manifest, seal, m.Items, contents, nil); err != nil || again.Digest() != whole {
		r.fault("archive", "is not laid out as the portal writes it: bytes outside the items were changed or added")
	}
}
