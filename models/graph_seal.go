package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
)

// GraphSeal is the digest by which a stored picture of the graph shows that it was taken from this very database. It covers, up to a
// mark, every batch with its number, source, files and their digests and counts, and the newest fact and transfer. What a batch that
// is still being loaded has reached is left out of it: Open names those batches, by key.
type GraphSeal struct {
	Digest string  `json:"digest"`
	Open   []int64 `json:"open,omitempty"`
}

// GraphSeal works the seal up to a mark out. Batches that are open now are left open; was is the seal of before that is to be compared,
// whose open batches stay open, or nil.
func (s *Store) GraphSeal(ctx context.Context, m GraphMark, was *GraphSeal) (GraphSeal, error) {
	sum, seal := sha256.New(), GraphSeal{}
	var rows []struct {
		ID                           int64
		Ref, Source, Digest, Status  string
		Accepted, Unchanged, Refused int64
	}
	if err := s.read(ctx).Table("batches").Where("id <= ?", m.Batch).Order("id").Scan(&rows).Error; err != nil {
		return seal, fmt.Errorf("read the batches of the seal: %w", err)
	}
	for _, b := range rows {
		_, _ = fmt.Fprintf(sum, "batch %d %q %q %q\n", b.ID, b.Ref, b.Source, b.Digest) // a hash does not fail
		if was == nil && b.Status == "running" || was != nil && slices.Contains(was.Open, b.ID) {
			seal.Open = append(seal.Open, b.ID)
			continue
		}
		_, _ = fmt.Fprintf(sum, "%q %d %d %d\n", b.Status, b.Accepted, b.Unchanged, b.Refused)
	}
	if err := s.sealFiles(ctx, sum, m, seal.Open); err != nil {
		return seal, err
	}
	for _, part := range []struct {
		table string
		id    int64
	}{{"facts", m.Fact}, {"transfers", m.Transfer}} {
		digest, err := s.digestOf(ctx, part.table, part.id)
		if err != nil {
			return seal, err
		}
		_, _ = fmt.Fprintf(sum, "%s %d %s\n", part.table, part.id, digest)
	}
	seal.Digest = hex.EncodeToString(sum.Sum(nil))
	return seal, nil
}

func (s *Store) sealFiles(ctx context.Context, sum hash.Hash, m GraphMark, open []int64) error {
	var files []BatchFile
	if err := s.read(ctx).Table("batch_files").Where("batch_id <= ?", m.Batch).Order("batch_id, position").Find(&files).Error; err != nil {
		return fmt.Errorf("read the files of the seal: %w", err)
	}
	for _, f := range files {
		_, _ = fmt.Fprintf(sum, "file %d %d %q %q %q %d\n", f.BatchID, f.Position, f.Name, f.SHA256, f.Table, f.Size)
		if !slices.Contains(open, f.BatchID) {
			_, _ = fmt.Fprintf(sum, "%d %d %d %d\n", f.Line, f.Accepted, f.Unchanged, f.Refused)
		}
	}
	return nil
}

func (s *Store) digestOf(ctx context.Context, table string, id int64) (string, error) {
	var rows []struct{ Hash []byte }
	q := s.read(ctx).Table(table).Select("hash").Where("id = ?", id)
	if table == "transfers" {
		q = s.read(ctx).Raw("SELECT hash FROM transfers WHERE id = ? UNION ALL SELECT hash FROM withdrawn_transfers WHERE id = ?", id, id)
	}
	if err := q.Scan(&rows).Error; err != nil {
		return "", fmt.Errorf("read the digest of %s %d: %w", table, id, err)
	}
	if len(rows) == 0 {
		return "", nil
	}
	return hex.EncodeToString(rows[0].Hash), nil
}
