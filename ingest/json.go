package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const jsonDepth = 32

// refusedKey is the member that WriteRefused puts in front of a refused JSON record; reading passes over it.
const refusedKey = "_refused"

// jsonSource reads one JSON object per line. Numbers stay text, so that no digit is lost.
type jsonSource struct {
	lines *lines
	each  jsonPath
	count int64
	queue []record // further elements of the line at hand
}

func (j *jsonSource) fail() error { return j.lines.err }

func (j *jsonSource) next() (record, bool) {
	for {
		if len(j.queue) > 0 {
			rec := j.queue[0]
			j.queue = j.queue[1:]
			j.count++
			rec.number = j.count
			return rec, true
		}
		line := j.lines.next
		n, state := j.lines.find(0)
		if state == lineNone {
			return record{}, false
		}
		if state == lineTooLong {
			j.count++
			return record{line: line, number: j.count, raw: string(j.lines.skipLong()), fault: tooLong()}, true
		}
		b := j.lines.take(n, 1)
		if len(bytes.TrimSpace(b)) == 0 {
			continue
		}
		j.expand(record{line: line, raw: string(b)})
	}
}

// expand queues the record, or one record per element where the mapping says each.
func (j *jsonSource) expand(rec record) {
	if rec.fault = textFault(rec.raw); rec.fault.ok() {
		rec.root, rec.column, rec.fault = parseObject(rec.raw)
	}
	rec.item = rec.root
	if !rec.fault.ok() || j.each == nil {
		j.queue = append(j.queue[:0], rec)
		return
	}
	found, _ := j.each.find(rec.root)
	list, isList := found.([]any)
	if found != nil && !isList {
		list = []any{found}
	}
	j.queue = j.queue[:0]
	for _, item := range list {
		rec.item = item
		j.queue = append(j.queue, rec)
	}
}

// parseObject reads one object; a member that comes twice, too deep a nesting and text behind the object are refused.
func parseObject(raw string) (root any, column string, fault problem) {
	v, column, fault := parseValue(raw)
	if !fault.ok() {
		return nil, column, fault
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, "", bad("ingest.refused.json_object")
	}
	delete(m, refusedKey)
	return m, "", problem{}
}

// parseValue reads one value of any kind, as strictly.
func parseValue(raw string) (value any, column string, fault problem) {
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	p := jsonParser{d: d}
	v, err := p.value(0)
	if err == nil {
		if _, tail := d.Token(); !errors.Is(tail, io.EOF) {
			err = errors.New("text behind the value")
		}
	}
	if err != nil {
		if p.fault.ok() {
			p.fault = bad("ingest.refused.json", "offset", strconv.FormatInt(d.InputOffset(), 10))
		}
		return nil, p.column, p.fault
	}
	return v, "", problem{}
}

type jsonParser struct {
	d      *json.Decoder
	column string
	fault  problem
}

var errJSON = errors.New("refused value")

func (p *jsonParser) refuse(column string, fault problem) (any, error) {
	p.column, p.fault = column, fault
	return nil, errJSON
}

func (p *jsonParser) value(depth int) (any, error) {
	if depth > jsonDepth {
		return p.refuse("", bad("ingest.refused.json_depth", "limit", strconv.Itoa(jsonDepth)))
	}
	token, err := p.d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		if s, isText := token.(string); isText && strings.ContainsRune(s, utf8.RuneError) {
			return p.refuse("", bad("ingest.refused.encoding", "offset", strconv.FormatInt(p.d.InputOffset(), 10)))
		}
		return token, nil
	}
	if delim == '{' {
		return p.object(depth)
	}
	list := []any{}
	for p.d.More() {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err = p.d.Token()
	return list, err
}

func (p *jsonParser) object(depth int) (any, error) {
	m := map[string]any{}
	for p.d.More() {
		token, err := p.d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, errJSON
		}
		if _, twice := m[name]; twice {
			return p.refuse(name, bad("ingest.refused.json_twice"))
		}
		if m[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := p.d.Token()
	return m, err
}

// scalar writes a JSON value as a cell; null is empty.
func scalar(v any) (string, problem) {
	switch t := v.(type) {
	case nil:
		return "", problem{}
	case string:
		return t, problem{}
	case json.Number:
		return t.String(), problem{}
	case bool:
		return strconv.FormatBool(t), problem{}
	}
	return "", bad("ingest.refused.nested")
}
