package models

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
)

// loaded is a subject that rows of a load describe or mention: with its internal key, and whether the load made it.
type loaded struct {
	naming
	id   int64
	made bool
}

var subjectColumns = []column{{"kind", textColumn}, {"key", textColumn}, {"ref", textColumn}, {"name", textColumn}, {"name_fold", textColumn},
	{"division_code", textColumn}, {"p2", textColumn}, {"c4", textColumn}, {"c6", textColumn}, {"stub", boolColumn},
	{"named_at", instantColumn}, {"first_at", instantColumn}, {"named_standing", intColumn}, {"newest_fact_id", intColumn}}

// whenNaming lets the name of a source of better standing win, among equals the newer one: an older one, arriving late, changes
// nothing.
const whenNaming = ` WHERE subjects.stub OR subjects.named_at IS NULL OR subjects.named_standing > excluded.named_standing
	OR (subjects.named_standing = excluded.named_standing AND subjects.named_at <= excluded.named_at)`

var putNamed = bulk{table: "subjects", columns: subjectColumns, after: `ON CONFLICT (kind, key) DO UPDATE SET
	name = excluded.name, name_fold = excluded.name_fold, division_code = excluded.division_code, p2 = excluded.p2,
	c4 = excluded.c4, c6 = excluded.c6, stub = excluded.stub, named_at = excluded.named_at, named_standing = excluded.named_standing` + marking + whenNaming}

// marking says that the subject has newer facts than its last assessment; the mark always rises.
const marking = `, newest_fact_id = CASE WHEN subjects.newest_fact_id >= excluded.newest_fact_id THEN subjects.newest_fact_id + 1 ELSE excluded.newest_fact_id END`

// A newer name without a place keeps the place that is known; a stub takes that of the batch.
var putRenamed = bulk{table: "subjects", columns: subjectColumns, after: `ON CONFLICT (kind, key) DO UPDATE SET
	name = excluded.name, name_fold = excluded.name_fold,
	division_code = CASE WHEN subjects.stub THEN excluded.division_code ELSE subjects.division_code END,
	p2 = CASE WHEN subjects.stub THEN excluded.p2 ELSE subjects.p2 END,
	c4 = CASE WHEN subjects.stub THEN excluded.c4 ELSE subjects.c4 END,
	c6 = CASE WHEN subjects.stub THEN excluded.c6 ELSE subjects.c6 END,
	stub = excluded.stub, named_at = excluded.named_at, named_standing = excluded.named_standing` + marking + whenNaming}

// makeSubjects makes subjects whose keys were drawn before; that they are not there was looked up.
var makeSubjects = bulk{table: "subjects", columns: append(slices.Clone(subjectColumns), column{"id", intColumn}, column{"owner_id", intColumn})}

// find gives subjects their internal keys, 0 to those that are not there.
func (l *Loader) find(ctx context.Context, t *tx, subs []loaded) error {
	l.known.age()
	by := map[SubjectKind][]string{}
	for i := range subs {
		s := &subs[i]
		if s.id = l.known.id(s.ref); s.id == 0 {
			by[s.ref.Kind] = append(by[s.ref.Kind], s.ref.ID)
		}
	}
	if len(by) == 0 {
		return nil
	}
	for kind, keys := range by {
		slices.Sort(keys) // neighbours stand on one page
		if err := t.lookupSubjects(ctx, kind, keys, func(key string, id int64) { l.known.put(SubjectRef{kind, key}, id) }); err != nil {
			return fmt.Errorf("look up %d subjects of kind %s: %w", len(keys), kind, err)
		}
	}
	for i := range subs {
		if subs[i].id == 0 {
			subs[i].id = l.known.id(subs[i].ref)
		}
	}
	return nil
}

func (t *tx) lookupSubjects(ctx context.Context, kind SubjectKind, keys []string, see func(key string, id int64)) error {
	tx, err := sqlTx(t.db)
	if err != nil {
		return err
	}
	query, arg := "SELECT id, key FROM subjects WHERE kind = $1 AND key = ANY($2)", any(keys)
	if t.store.dialect != "postgres" {
		text, err := json.Marshal(keys)
		if err != nil {
			return err
		}
		query, arg = "SELECT s.id, s.key FROM json_each(?2) j CROSS JOIN subjects s WHERE s.kind = ?1 AND s.key = j.value", string(text)
	}
	rows, err := tx.QueryContext(ctx, query, string(kind), arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		see(key, id)
	}
	return rows.Err()
}

// putSubjects makes the subjects that are not there yet and names those that are; place says where in subs a subject is. Subjects that
// are made get mark as their newest fact, which spares writing them twice.
func (l *Loader) putSubjects(ctx context.Context, t *tx, subs []loaded, place map[SubjectRef]int, mark int64) error {
	var fresh, placed, unplaced []*loaded
	for i := range subs {
		s := &subs[i]
		switch {
		case s.id == 0:
			if fresh = append(fresh, s); !s.named {
				s.place = l.batch.Place
			}
		case s.named && s.placed:
			placed = append(placed, s)
		case s.named:
			unplaced = append(unplaced, s)
		}
	}
	// In the order of the keys: equal loads give equal numbers, and loads at the same time lock in one order.
	for _, list := range [][]*loaded{fresh, placed, unplaced} {
		slices.SortFunc(list, func(a, b *loaded) int {
			return cmp.Or(cmp.Compare(a.ref.Kind, b.ref.Kind), cmp.Compare(a.ref.ID, b.ref.ID))
		})
	}
	ids, err := t.drawSubjects(ctx, len(fresh))
	if err != nil {
		return fmt.Errorf("draw keys of %d subjects: %w", len(fresh), err)
	}
	for i, s := range fresh {
		s.id, s.made = ids[i], true
		l.known.put(s.ref, s.id)
	}
	value := func(list []*loaded) func(row, col int) any {
		return func(row, col int) any {
			s := list[row]
			switch col - len(subjectColumns) {
			case 0:
				return s.id
			case 1:
				if !s.hasOwner {
					return nil
				}
				return subs[place[s.owner]].id
			default:
				return s.value(t, col, mark)
			}
		}
	}
	if _, err := makeSubjects.insert(ctx, t, len(fresh), value(fresh)); err != nil {
		return err
	}
	if _, err := putNamed.insert(ctx, t, len(placed), value(placed)); err != nil {
		return err
	}
	if _, err := putRenamed.insert(ctx, t, len(unplaced), value(unplaced)); err != nil {
		return err
	}
	return t.setOwners(slices.Concat(placed, unplaced), subs, place)
}

// drawSubjects draws the internal keys of n subjects.
func (t *tx) drawSubjects(ctx context.Context, n int) ([]int64, error) {
	ids := make([]int64, 0, n)
	if n == 0 {
		return ids, nil
	}
	if t.store.dialect != "postgres" { // the only writer
		var last int64
		if err := t.db.Raw("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'subjects'").Scan(&last).Error; err != nil {
			return nil, err
		}
		for i := range n {
			ids = append(ids, last+1+int64(i))
		}
		return ids, nil
	}
	tx, err := sqlTx(t.db)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, "SELECT nextval(s.seq) FROM (SELECT pg_get_serial_sequence('subjects', 'id')::regclass AS seq OFFSET 0) s, generate_series(1, $1)", n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// value gives a column of subjectColumns.
func (s *loaded) value(t *tx, col int, mark int64) any {
	switch col {
	case 0:
		return string(s.ref.Kind)
	case 1:
		return s.ref.ID
	case 2:
		return publicRef(s.ref.Kind)
	case 3:
		return s.name
	case 4:
		return s.fold
	case 5:
		return s.place.DivisionCode
	case 6:
		return s.place.P2
	case 7:
		return s.place.C4
	case 8:
		return s.place.C6
	case 9:
		return !s.named
	case 10:
		if !s.named {
			return nil
		}
		return s.at
	case 11:
		return t.now
	case 12:
		if s.standing == 0 {
			return int64(CommonStanding)
		}
		return s.standing
	default:
		return mark
	}
}

// publicRef makes the random number under which a person or an account stands in addresses; others have none.
func publicRef(kind SubjectKind) any {
	if kind != KindPerson && kind != KindAccount {
		return nil
	}
	return rand.Text()
}

// setOwners records whose a product or an account is that was there before; an older row, arriving late, changes nothing.
func (t *tx) setOwners(list []*loaded, subs []loaded, place map[SubjectRef]int) error {
	by := map[int64][]int64{}
	owned := map[int64]*loaded{}
	var ids []int64
	for _, s := range list {
		if s.hasOwner {
			owned[s.id] = s
			ids = append(ids, s.id)
		}
	}
	for part := range slices.Chunk(ids, 5000) {
		var now []Subject
		if err := t.db.Select("id, named_at").Where("id IN ?", part).Find(&now).Error; err != nil {
			return fmt.Errorf("read owners: %w", err)
		}
		for _, sub := range now {
			if s := owned[sub.ID]; !s.at.Before(sub.NamedAt) {
				owner := subs[place[s.owner]].id
				by[owner] = append(by[owner], sub.ID)
			}
		}
	}
	for owner, ids := range by {
		err := t.db.Table("subjects").Where("id IN ? AND (owner_id IS NULL OR owner_id <> ?)", ids, owner).Update("owner_id", owner).Error
		if err != nil {
			return fmt.Errorf("record owners: %w", err)
		}
	}
	return nil
}
