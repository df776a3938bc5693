package columnar

import (
	"fmt"
)

// cursor walks over the values of one column.
type cursor struct {
	f          *File
	column     *Column
	index      int
	codec      int
	at, end    int64 // what is left of the chunk
	dictionary *words
	held       int64 // bytes of the dictionary and the page at hand
	page       *page
}

// Rows walks over the rows with the values of some columns.
type Rows struct {
	f       *File
	cursors []*cursor
	group   int
	left    int64
	row     []Value
	err     error
}

// Rows begins at the first row. wanted are positions in Columns; a repeated one cannot be read.
func (f *File) Rows(wanted []int) (*Rows, error) {
	r := &Rows{f: f, group: -1, row: make([]Value, len(wanted))}
	for _, i := range wanted {
		if i < 0 || i >= len(f.Columns) || f.Columns[i].Repeated {
			return nil, fmt.Errorf("column %d cannot be read", i)
		}
		r.cursors = append(r.cursors, &cursor{f: f, column: &f.Columns[i], index: i})
	}
	return r, nil
}

// Err gives what broke reading off.
func (r *Rows) Err() error { return r.err }

// Next gives the values of the next row, in the order in which the columns were asked for; they hold until the next call.
func (r *Rows) Next() ([]Value, bool) {
	for r.left == 0 {
		if r.group++; r.group >= len(r.f.groups) || r.err != nil {
			return nil, false
		}
		g := r.f.groups[r.group]
		r.left = g.rows
		for _, c := range r.cursors {
			chunk := g.chunks[c.index]
			*c = cursor{f: c.f, column: c.column, index: c.index, codec: chunk.codec, at: chunk.from, end: chunk.from + chunk.size}
		}
	}
	r.left--
	for i, c := range r.cursors {
		v, err := c.next(r)
		if err != nil {
			r.err, r.left, r.group = err, 0, len(r.f.groups)
			return nil, false
		}
		r.row[i] = v
	}
	return r.row, true
}

// Check reads every page of the columns once, so that a damaged file is refused before its first row.
func (r *Rows) Check() error {
	for {
		if _, ok := r.Next(); !ok {
			return r.err
		}
	}
}

func (c *cursor) next(r *Rows) (Value, error) {
	for c.page == nil || c.page.left == 0 {
		if err := c.turn(r); err != nil {
			return Value{}, err
		}
	}
	p := c.page
	p.left--
	if p.levels != nil {
		level, ok := p.levels.next()
		if !ok || level > p.maxLevel {
			return Value{}, fmt.Errorf("%w: levels of %s", ErrDamaged, c.column.Path)
		}
		if level < p.maxLevel {
			return Value{}, nil
		}
	}
	b, ok := p.values.next()
	if !ok {
		return Value{}, fmt.Errorf("%w: values of %s", ErrDamaged, c.column.Path)
	}
	return c.column.show(b), nil
}

// turn reads the next page of values, and the dictionary in front of the first.
func (c *cursor) turn(r *Rows) error {
	for {
		if c.at >= c.end {
			return fmt.Errorf("%w: %s has fewer values than rows", ErrDamaged, c.column.Path)
		}
		h, length, err := c.f.readHeader(c.at, c.end)
		if err != nil {
			return err
		}
		c.page, c.held = nil, 0
		if c.dictionary != nil {
			c.held = int64(len(c.dictionary.b))
		}
		if c.held += h.unfolded; r.held() > heldLimit {
			return ErrBomb
		}
		if h.kind == pageIndex {
			c.at += length + h.folded
			continue
		}
		body := make([]byte, h.folded)
		if _, err := c.f.r.ReadAt(body, c.at+length); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		c.at += length + h.folded
		switch h.kind {
		case pageDictionary:
			data, err := unfold(c.codec, body, h.unfolded)
			if err != nil {
				return err
			}
			if c.dictionary, err = newWords(data, c.column.width(), h.values); err != nil {
				return err
			}
		case pageData, pageDataV2:
			if h.values == 0 {
				continue
			}
			c.page, err = c.decodePage(h, body)
			return err
		default:
			return fmt.Errorf("%w: a page of kind %d", ErrDamaged, h.kind)
		}
	}
}

func (r *Rows) held() (sum int64) {
	for _, c := range r.cursors {
		sum += c.held
	}
	return sum
}
