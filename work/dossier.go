package work

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiezhi/models"
	"xiezhi/proof"
	"xiezhi/referral"
)

// MakeDossiers makes what waits, one after another, until nothing waits.
func (d *Desk) MakeDossiers(ctx context.Context, actor models.Actor) error {
	for {
		next, ok, err := d.Store.ClaimDossier(ctx, actor)
		if err != nil || !ok {
			return err
		}
		if err := d.makeDossier(ctx, actor, next); err != nil {
			err = fmt.Errorf("make dossier %s: %w", next.Ref, err)
			if ctx.Err() != nil {
				return err
			}
			return errors.Join(err, d.Store.ReleaseDossier(ctx, next.ID))
		}
	}
}

// bundle is a dossier on its way: what it holds, by path.
type bundle struct {
	items    []proof.Item
	contents map[string]proof.Content
}

func (b *bundle) add(i proof.Item, c proof.Content) {
	b.items = append(b.items, i)
	b.contents[i.Path] = c
}

// text adds a file that is made here.
func (b *bundle) text(path, role, title string, body []byte) {
	b.add(proof.Item{Path: path, Role: role, Title: title, Size: int64(len(body)), Digest: proof.DigestBytes(body)}, proof.InMemory(body))
}

func (d *Desk) makeDossier(ctx context.Context, actor models.Actor, line models.DossierLine) error {
	c, err := d.Store.DossierContent(ctx, actor, line)
	if err != nil {
		return err
	}
	b := &bundle{contents: map[string]proof.Content{}}
	papersOf(b, c)
	d.evidenceOf(b, c)
	if err := dataOf(b, c); err != nil {
		return err
	}
	b.sort()
	at := d.Store.Now()
	if err := d.indexOf(ctx, b, line, c, at); err != nil {
		return err
	}
	b.sort()
	m := proof.Manifest{Ref: line.Ref, Case: c.Case.Ref, Referral: line.ReferralRef, Title: c.Case.Title, Office: c.Office.Code, Name: c.Office.Name,
		MadeAt: at.Time().UTC().Format(time.RFC3339), AuditSeq: c.AuditSeq, Audit: c.AuditHash, Items: b.items}
	manifest, err := proof.WriteManifest(m)
	if err != nil {
		return err
	}
	seal, err := d.sealManifest(ctx, c, manifest)
	if err != nil {
		return err
	}
	sum, size, err := d.writeDossier(ctx, line, manifest, seal, b)
	if err != nil {
		return err
	}
	return d.Store.FinishDossier(ctx, actor, line, sum, size)
}

func (b *bundle) sort() {
	slices.SortFunc(b.items, func(x, y proof.Item) int { return cmp.Compare(x.Path, y.Path) })
}

// sealManifest signs the manifest for the office and puts the public keys beside it that the archive's signatures name.
func (d *Desk) sealManifest(ctx context.Context, c models.DossierContent, manifest []byte) ([]byte, error) {
	sig, err := d.Store.SignDossier(ctx, c.Office.ID, manifest)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{sig.Key: true}
	for _, doc := range c.Documents {
		used[doc.SigningKey] = true
	}
	all, err := d.Store.PublicKeys(ctx)
	if err != nil {
		return nil, err
	}
	keys := slices.DeleteFunc(all, func(k proof.PublicKey) bool { return !used[k.ID] })
	out, err := json.MarshalIndent(proof.Seal{Manifest: proof.DigestBytes(manifest), Signature: sig, Keys: keys}, "", " ")
	return append(out, '\n'), err
}

// writeDossier writes the archive into the vault, telling how far it is.
func (d *Desk) writeDossier(ctx context.Context, line models.DossierLine, manifest, seal []byte, b *bundle) (proof.Digest, int64, error) {
	total := int64(len(b.items) + 2)
	if err := d.Store.NoteDossier(ctx, line.ID, 0, total); err != nil {
		return proof.Digest{}, 0, err
	}
	r, w := io.Pipe()
	done, told := int64(0), time.Now()
	go func() {
		err := proof.WriteDossier(w, manifest, seal, b.items, b.contents, func() {
			done++
			if time.Since(told) > time.Second {
				told = time.Now()
				_ = d.Store.NoteDossier(ctx, line.ID, done, total) // the next one tells more
			}
		})
		w.CloseWithError(err)
	}()
	const largest = 128 << 30
	sum, size, err := d.Vault.Put(ctx, r, largest)
	if err != nil {
		return sum, size, errors.Join(err, r.CloseWithError(err))
	}
	return sum, size, d.Store.NoteDossier(ctx, line.ID, total, total)
}

// papersOf adds every issued paper with what its office signed.
func papersOf(b *bundle, c models.DossierContent) {
	for _, doc := range c.Documents {
		b.add(proof.Item{Path: fmt.Sprintf("documents/%s-%s-%d.pdf", doc.Object, doc.Kind, doc.Revision), Role: proof.RolePaper, Title: referral.PaperName(doc.Kind, doc.Number),
			Size: int64(len(doc.Content)), Digest: proof.Digest{SHA256: doc.SHA256, SM3: orDigest(doc.SM3, doc.Content)},
			Paper: &proof.PaperItem{Object: doc.Object, Kind: doc.Kind, Revision: doc.Revision, Number: doc.Number, Pages: doc.Pages, At: doc.CreatedAt.Time(), Signature: doc.Signature()}},
			proof.InMemory(doc.Content))
	}
}

// orDigest gives the SM3 of a paper from before it was kept.
func orDigest(sm3 string, content []byte) string {
	if sm3 != "" {
		return sm3
	}
	return proof.DigestBytes(content).SM3
}

// evidenceOf adds every piece under its reference; the name it came with stands in the manifest alone.
func (d *Desk) evidenceOf(b *bundle, c models.DossierContent) {
	for _, e := range c.Evidence {
		ext := "bin"
		if k, ok := proof.KindNamed(e.ContentKind); ok {
			ext = k.Extensions[0]
			if i := strings.LastIndex(e.FileName, "."); i >= 0 && k.Fits(e.FileName) {
				ext = strings.ToLower(e.FileName[i+1:])
			}
		}
		item := proof.Item{Path: "evidence/" + e.Ref + "." + ext, Role: proof.RoleEvidence, Title: e.Title, Size: e.Size, Digest: e.Digest(),
			Evidence: &proof.EvidenceItem{Ref: e.Ref, Class: string(e.Class), FileName: e.FileName, ContentKind: e.ContentKind, SourcePerson: e.SourcePerson, SourceOffice: e.SourceOffice,
				Active: e.Active}}
		for _, line := range c.Custody[e.ID] {
			item.Evidence.Custody = append(item.Evidence.Custody, line.Proof())
		}
		b.add(item, d.Vault.InVault(e.SHA256))
	}
}

// dataOf adds what the portal knows as JSON: clocks, story, facts, links, measurements.
func dataOf(b *bundle, c models.DossierContent) error {
	type clock struct {
		Name      string         `json:"name"`
		Basis     string         `json:"basis"`
		StartedAt models.Instant `json:"started_at"`
		DueAt     models.Instant `json:"due_at"`
		EndedAt   models.Instant `json:"ended_at"`
		EndedBy   string         `json:"ended_by,omitempty"`
		Calendar  string         `json:"calendar"`
	}
	type event struct {
		At    models.Instant  `json:"at"`
		Actor string          `json:"actor"`
		Event string          `json:"event"`
		Note  string          `json:"note,omitempty"`
		Data  json.RawMessage `json:"data,omitempty"`
	}
	type link struct {
		Evidence string `json:"evidence"`
		Fact     string `json:"fact,omitempty"`
		URL      string `json:"url,omitempty"`
		Excerpt  string `json:"excerpt,omitempty"`
		SHA256   string `json:"excerpt_sha256,omitempty"`
	}
	clocks, events, links, notes := []clock{}, []event{}, []link{}, []json.RawMessage{}
	for _, k := range c.Clocks {
		clocks = append(clocks, clock{k.Name, k.Basis, k.StartedAt, k.DueAt, k.EndedAt, k.EndedBy, k.Calendar})
	}
	for _, e := range c.Events {
		events = append(events, event{e.At, e.ActorName, e.Event, e.Note, json.RawMessage(e.Data)})
	}
	for _, e := range c.Evidence {
		for _, l := range c.Links[e.ID] {
			fact := ""
			if l.Kind == "fact" {
				fact = l.BatchRef + "/" + l.FactHash
			}
			links = append(links, link{e.Ref, fact, l.URL, l.Excerpt, l.ExcerptSHA256})
		}
	}
	for _, n := range c.Notes {
		notes = append(notes, json.RawMessage(n.Payload))
	}
	facts := c.Facts
	if facts == nil {
		facts = []models.FactMark{}
	}
	for _, f := range []struct {
		name string
		of   any
	}{{"clocks", clocks}, {"events", events}, {"facts", facts}, {"links", links}, {"thresholds", notes}} {
		text, err := json.MarshalIndent(f.of, "", " ")
		if err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
		b.text("data/"+f.name+".json", proof.RoleData, referral.Term("dossier."+f.name), append(text, '\n'))
	}
	return nil
}

// indexOf adds the list of contents, as PDF and as a page to print.
func (d *Desk) indexOf(ctx context.Context, b *bundle, line models.DossierLine, c models.DossierContent, at models.Instant) error {
	p := models.Paper{Kind: referral.DossierIndex, Number: line.Ref, CaseRef: c.Case.Ref, CaseTitle: c.Case.Title, ReferralRef: line.ReferralRef, Party: c.Party, Officers: c.Officers, At: at,
		Sender: models.Office{Name: c.Office.Name, Short: c.Office.ShortName, Code: c.Office.Code}, Reason: fmt.Sprintf("%d %s", c.AuditSeq, c.AuditHash)}
	for i, item := range b.items {
		p.Rows = append(p.Rows, []string{strconv.Itoa(i + 1), item.Path, item.Title, strconv.FormatInt(item.Size, 10), item.SHA256[:16], item.SM3[:16]})
	}
	pdf, page, err := d.Index(ctx, p)
	if err != nil {
		return fmt.Errorf("print the index: %w", err)
	}
	b.text("index.pdf", proof.RoleIndex, referral.Term("dossier.index"), pdf)
	b.text("index.html", proof.RoleIndex, referral.Term("dossier.index"), page)
	return nil
}
