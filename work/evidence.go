package work

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"xiezhi/models"
	"xiezhi/proof"
)

// EvidenceRules say what comes into the vault. Limit is how many bytes a file may have. Scanner is a program of the operator's that
// is given the path of a file: it ends with 0 for a clean one and 1 for an infected one; anything else leaves the file in quarantine.
type EvidenceRules struct {
	Limit   int64
	Scanner string
}

// scanPatience is how long the scanner may take for one file.
const scanPatience = 5 * time.Minute

// ReceiveEvidence takes a file into a case: first whether the actor may, then the file into the vault, then what it is, then the row
// with the first line of its custody log. A crash in between leaves a file without a row, which the sweep takes away, and never a row
// without its file.
func (d *Desk) ReceiveEvidence(ctx context.Context, actor models.Actor, caseRef string, in models.NewEvidence, file io.Reader) (string, error) {
	if err := d.Store.AllowEvidence(ctx, actor, caseRef); err != nil {
		return "", err
	}
	sum, size, err := d.Vault.Put(ctx, file, d.Evidence.Limit)
	switch {
	case errors.Is(err, proof.ErrTooLarge):
		return "", models.Invalid(map[string]string{"file": "error.evidence_too_large"})
	case errors.Is(err, proof.ErrEmpty):
		return "", models.Invalid(map[string]string{"file": "error.evidence_empty"})
	case err != nil:
		return "", fmt.Errorf("evidence of case %s: %w", caseRef, err)
	}
	in.Digest, in.Size = sum, size
	kind, finding, err := d.kindOf(sum, size)
	if err != nil {
		return "", fmt.Errorf("evidence of case %s: %w", caseRef, err)
	}
	if finding != "" {
		return "", models.Invalid(map[string]string{"file": finding})
	}
	in.ContentKind = kind.Name
	return d.Store.AddEvidence(ctx, actor, caseRef, in)
}

// kindOf says what a content of the vault is; finding is the key of why it is none that may come in.
func (d *Desk) kindOf(sum proof.Digest, size int64) (kind proof.Kind, finding string, err error) {
	f, err := d.Vault.Open(sum.SHA256)
	if err != nil {
		return kind, "", err
	}
	defer f.Close()
	kind, err = proof.KindOf(f, size)
	switch {
	case errors.Is(err, proof.ErrProgram):
		return kind, "error.evidence_program", nil
	case errors.Is(err, proof.ErrUnknown):
		return kind, "error.evidence_unknown", nil
	case errors.Is(err, proof.ErrBomb):
		return kind, "error.evidence_bomb", nil
	case errors.Is(err, proof.ErrDamaged):
		return kind, "error.evidence_damaged", nil
	}
	return kind, "", err
}

// quarantineBatch is how many pieces are looked at in one round.
const quarantineBatch = 20

// CheckEvidence looks at what waits in quarantine and releases or refuses it. A piece that cannot be looked at now waits on.
func (d *Desk) CheckEvidence(ctx context.Context, actor models.Actor) error {
	list, err := d.Store.QuarantinedEvidence(ctx, quarantineBatch)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range list {
		finding, active, err := d.look(ctx, e)
		if err == nil {
			err = d.Store.SettleEvidence(ctx, actor, e.ID, finding, active)
		}
		if err != nil && models.KindOf(err) != models.KindConflict {
			errs = append(errs, fmt.Errorf("check evidence %s: %w", e.Ref, err))
		}
	}
	return errors.Join(errs...)
}

// look checks one piece: the stored bytes, what they are, and what the operator's scanner says.
func (d *Desk) look(ctx context.Context, e models.Evidence) (finding, active string, err error) {
	ok, err := d.Vault.Check(ctx, e.Digest(), e.Size)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "evidence.finding.missing", "", nil
	case err != nil:
		return "", "", err
	case !ok:
		return "evidence.finding.differs", "", nil
	}
	kind, finding, err := d.kindOf(e.Digest(), e.Size)
	if err != nil || finding != "" {
		return finding, "", err
	}
	if kind.Name != e.ContentKind {
		return "evidence.finding.kind", "", nil
	}
	infected, err := d.scan(ctx, e.SHA256)
	if err != nil {
		return "", "", err
	}
	if infected {
		return "evidence.finding.infected", "", nil
	}
	f, err := d.Vault.Open(e.SHA256)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	list, err := proof.Active(kind, f, e.Size)
	return "", strings.Join(list, " "), err
}

// scan asks the operator's scanner, where there is one.
func (d *Desk) scan(ctx context.Context, sum string) (infected bool, err error) {
	if d.Evidence.Scanner == "" {
		return false, nil
	}
	path, err := d.Vault.Path(sum)
	if err != nil {
		return false, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, scanPatience)
	defer cancel()
	err = exec.CommandContext(ctx, d.Evidence.Scanner, path).Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == 1 {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask the scanner: %w", err)
	}
	return false, nil
}

// VerifyEvidence holds the stored content of a piece that the actor may read against both digests, and notes the outcome in its log.
func (d *Desk) VerifyEvidence(ctx context.Context, actor models.Actor, ref string) (bool, error) {
	e, err := d.Store.Evidence(ctx, actor, ref)
	if err != nil {
		return false, err
	}
	ok, err := d.Vault.Check(ctx, e.Digest(), e.Size)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("verify evidence %s: %w", ref, err)
	}
	return ok, d.Store.NoteVerification(ctx, actor, ref, ok)
}

// vaultAge is how long a content may lie that no row names: longer than any upload takes.
const vaultAge = 24 * time.Hour

// SweepVault takes away contents that no row names.
func (d *Desk) SweepVault(ctx context.Context) error {
	_, err := d.Vault.Sweep(vaultAge, func(sums []string) (map[string]bool, error) { return d.Store.ContentsInUse(ctx, sums) })
	return err
}

// VaultReport is what a check of the whole vault found: how many contents are named by rows, and which of them are missing or differ.
type VaultReport struct {
	Contents int      `json:"contents"`
	Missing  []string `json:"missing"`
	Differ   []string `json:"differ"`
}

// CheckVault holds every content that a row names against its digests.
func (d *Desk) CheckVault(ctx context.Context) (VaultReport, error) {
	rep := VaultReport{Missing: []string{}, Differ: []string{}}
	err := d.Store.Contents(ctx, func(ref string, sum proof.Digest, size int64) error {
		rep.Contents++
		ok, err := d.Vault.Check(ctx, sum, size)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			rep.Missing = append(rep.Missing, ref)
		case err != nil:
			return err
		case !ok:
			rep.Differ = append(rep.Differ, ref)
		}
		return nil
	})
	return rep, err
}
