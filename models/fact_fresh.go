package models

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// freshFacts leaves out the rows that are already known. A row that states its own time is known when the newest fact of its
// identity and that time has the same content; one that does not, when the newest fact of its identity has. A fact that was
// retracted is not known: a source that insists says it anew. Where the identity names a subject that is not there, nothing is asked.
func freshFacts(ctx context.Context, t *tx, rows []factRow, subs []loaded) ([]*factRow, error) {
	type at struct {
		ident [16]byte
		us    int64
	}
	newest := map[[16]byte][32]byte{}
	newestAt := map[at][32]byte{}
	asked := map[[16]byte]bool{}
	var idents [][]byte
	for i := range rows {
		f := &rows[i]
		if !f.unknown && subs[f.named()].id == 0 || asked[f.ident] {
			continue
		}
		asked[f.ident] = true
		idents = append(idents, f.ident[:])
	}
	err := t.knownFacts(ctx, idents, func(ident [16]byte, observed Instant, stated bool, hash [32]byte) {
		newest[ident] = hash
		if stated {
			newestAt[at{ident, observed.Micro()}] = hash
		}
	})
	if err != nil {
		return nil, fmt.Errorf("look known facts up: %w", err)
	}
	fresh := make([]*factRow, 0, len(rows))
	for i := range rows {
		f := &rows[i]
		key := at{f.ident, f.observed.Micro()}
		was, known := newest[f.ident]
		if f.stated {
			was, known = newestAt[key]
		}
		if known && was == f.hash {
			continue
		}
		newest[f.ident] = f.hash
		if f.stated {
			newestAt[key] = f.hash
		}
		fresh = append(fresh, f)
	}
	return fresh, nil
}

// named gives the subject that the fact's identity names.
func (f *factRow) named() int {
	if f.table == TableProducts {
		return f.other
	}
	return f.subject
}

// knownFacts shows the facts of some identities that were not retracted, in the order of their keys.
func (t *tx) knownFacts(ctx context.Context, idents [][]byte, see func(ident [16]byte, observed Instant, stated bool, hash [32]byte)) error {
	if len(idents) == 0 {
		return nil
	}
	tx, err := sqlTx(t.db)
	if err != nil {
		return err
	}
	slices.SortFunc(idents, bytes.Compare) // neighbours stand on one page
	from, arg := "facts f WHERE f.ident = ANY($1)", any(idents)
	if t.store.dialect != "postgres" {
		texts := make([]string, len(idents))
		for i, ident := range idents {
			texts[i] = hex.EncodeToString(ident)
		}
		text, err := json.Marshal(texts)
		if err != nil {
			return err
		}
		from, arg = "json_each(?) j CROSS JOIN facts f WHERE f.ident = unhex(j.value)", string(text)
	}
	rows, err := tx.QueryContext(ctx, "SELECT f.ident, f.observed_at, f.stated, f.hash FROM "+from+
		" AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id) ORDER BY f.id", arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var ident, hash []byte
		var observed Instant
		var stated bool
		if err := rows.Scan(&ident, &observed, &stated, &hash); err != nil {
			return err
		}
		see([16]byte(ident), observed, stated, [32]byte(hash))
	}
	return rows.Err()
}
