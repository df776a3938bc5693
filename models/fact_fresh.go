package models

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// freshFacts leaves out the rows that are already known. A row that states its own time is known when the newest fact of its
// identity and that time has the same content; one that does not, when the newest fact of its identity has. A fact that was
// retracted is not known: a source that insists says it anew. Where the identity names a subject that is not there, nothing is asked.
func freshFacts(ctx context.Context, t *tx, table Table, rows []factRow, subs []loaded) ([]*factRow, error) {
	type at struct {
		ident [16]byte
		us    int64
	}
	newest := map[[16]byte][32]byte{}
	newestAt := map[at][32]byte{}
	asked := map[[16]byte]bool{}
	var idents [][]byte
	var ids []int64
	for i := range rows {
		f := &rows[i]
		if !f.unknown && subs[f.named()].id == 0 || asked[f.ident] {
			continue
		}
		asked[f.ident] = true
		idents, ids = append(idents, f.ident[:]), append(ids, subs[f.named()].id)
	}
	err := t.knownFacts(ctx, table, idents, ids, func(ident [16]byte, observed Instant, stated bool, hash [32]byte) {
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

// ofSubject says whether the identity of a fact of the table is its subject: one source says one thing of it at a time.
func (t Table) ofSubject() bool {
	return t == TableCompanies || t == TablePersons || t == TableInstitutions || t == TableAccounts
}

// byIdent is the condition of the index by identity, as it stands in migration 0024, of facts f.
const byIdent = "f.tbl NOT IN ('accounts', 'companies', 'institutions', 'persons')"

// knownFacts shows the facts of some identities of a table that were not retracted, in the order of their keys, and maybe others of the
// same subjects; ids are the subjects that the identities name.
func (t *tx) knownFacts(ctx context.Context, table Table, idents [][]byte, ids []int64, see func(ident [16]byte, observed Instant, stated bool, hash [32]byte)) error {
	if len(idents) == 0 {
		return nil
	}
	tx, err := sqlTx(t.db)
	if err != nil {
		return err
	}
	from, arg, err := t.whereKnown(table, idents, ids)
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT f.id, f.ident, f.observed_at, f.stated, f.hash FROM "+from+
		" AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)", arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	type known struct {
		id          int64
		ident, hash []byte
		observed    Instant
		stated      bool
	}
	var list []known
	for rows.Next() {
		var k known
		if err := rows.Scan(&k.id, &k.ident, &k.observed, &k.stated, &k.hash); err != nil {
			return err
		}
		list = append(list, k)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b known) int { return cmp.Compare(a.id, b.id) }) // here: asked for it, a store may go through all facts in this order
	for _, k := range list {
		see([16]byte(k.ident), k.observed, k.stated, [32]byte(k.hash))
	}
	return nil
}

// sameIdentity keeps the facts f of some identities of a table; subjects are those that the identities name.
func sameIdentity(q *gorm.DB, table Table, idents [][]byte, subjects []int64) *gorm.DB {
	if table.ofSubject() {
		return q.Where("f.subject_id IN ? AND f.tbl = ? AND f.ident IN ?", subjects, table, idents)
	}
	return q.Where("f.ident IN ? AND "+byIdent, idents)
}

// whereKnown says where facts of some identities are found, with what the text asks for: by their subjects where they name them, else by
// the index of identities.
func (t *tx) whereKnown(table Table, idents [][]byte, ids []int64) (text string, arg any, err error) {
	var list any
	if table.ofSubject() {
		slices.Sort(ids)
		ids = slices.Compact(ids)
		if t.store.dialect == "postgres" {
			return "facts f WHERE f.subject_id = ANY($1) AND f.tbl = '" + string(table) + "'", ids, nil
		}
		text, list = "json_each(?) j CROSS JOIN facts f WHERE f.subject_id = j.value AND f.tbl = '"+string(table)+"'", ids
	} else {
		slices.SortFunc(idents, bytes.Compare) // neighbours stand on one page
		if t.store.dialect == "postgres" {
			return "facts f WHERE f.ident = ANY($1) AND " + byIdent, idents, nil
		}
		texts := make([]string, len(idents))
		for i, ident := range idents {
			texts[i] = hex.EncodeToString(ident)
		}
		text, list = "json_each(?) j CROSS JOIN facts f WHERE f.ident = unhex(j.value) AND "+byIdent, texts
	}
	numbers, err := json.Marshal(list)
	return text, string(numbers), err
}
