package work

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"xiezhi/proof"
)

// BackupVault writes every content of the vault into one file. It is taken after the copy of the database, so that every content
// that the copy names is in it.
func (d *Desk) BackupVault(ctx context.Context, out io.Writer) (int, error) {
	w := tar.NewWriter(out)
	n := 0
	err := d.Vault.All(func(sum string, _ time.Time) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := d.Vault.Open(sum)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: sum, Mode: 0o600, Size: info.Size(), Format: tar.FormatPAX}); err != nil {
			return err
		}
		n++
		_, err = io.Copy(w, f)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("back up the vault: %w", err)
	}
	return n, w.Close()
}

// RestoreVault puts the contents of a backup into a vault. A content that is not what its name says is refused; contents that are
// there already stay.
func RestoreVault(ctx context.Context, v proof.Vault, in io.Reader) (int, error) {
	r := tar.NewReader(in)
	for n := 0; ; n++ {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("restore the vault: %w", err)
		}
		if h.Typeflag != tar.TypeReg || !proof.IsDigest(h.Name) {
			return n, fmt.Errorf("restore the vault: %q is no content", h.Name)
		}
		d, _, err := v.Put(ctx, r, h.Size)
		if err != nil {
			return n, fmt.Errorf("restore the vault: %w", err)
		}
		if d.SHA256 != h.Name {
			return n, fmt.Errorf("restore the vault: the content %s is damaged", h.Name)
		}
	}
}
