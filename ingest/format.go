package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// foreignKinds are formats that are known and not read.
func foreignKinds() map[string]string {
	return map[string]string{"%PDF": "PDF", oleMagic: "XLS", "SQLite format 3": "SQLite", "7z\xbc\xaf": "7z", "Rar!": "RAR", "BZh": "bzip2",
		"\xfd7zXZ": "xz", "\x28\xb5\x2f\xfd": "zstd", "\x00\x00\xfe\xff": "UTF-32", "\xff\xfe\x00\x00": "UTF-32", "Obj\x01": "Avro", "ORC": "ORC"}
}

const (
	zipMagic     = "PK\x03\x04"
	parquetMagic = "PAR1"
	oleMagic     = "\xd0\xcf\x11\xe0"
)

// formatOf finds out from the beginning of a file, and from its name where that leaves a choice, what it is. The content decides
// before the name: a workbook that is called .csv is a workbook.
func formatOf(name string, head []byte) (Format, string, error) {
	switch {
	case bytes.HasPrefix(head, []byte(zipMagic)):
		return XLSX, encodingUTF8, nil
	case bytes.HasPrefix(head, []byte(parquetMagic)):
		return Parquet, encodingUTF8, nil
	}
	for magic, kind := range foreignKinds() {
		if bytes.HasPrefix(head, []byte(magic)) && (magic != "BZh" && magic != "ORC" || !utf8.Valid(head)) {
			return "", "", fileError(name, "ingest.file.format", nil, "format", kind)
		}
	}
	encoding := encodingOf(head)
	if encoding == encodingUTF16 {
		head = head[:len(head)&^1]
		head, _ = io.ReadAll(decoded(bytes.NewReader(head), encoding))
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(byteOrderMk)), " \t\r\n")
	if len(text) == 0 {
		return "", "", fileError(name, "ingest.file.empty", nil)
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return "", "", fileError(name, "ingest.file.format", nil, "format", "binary")
	}
	return textFormat(name, text), encoding, nil
}

// textFormat tells CSV, one JSON object a line and a JSON document apart.
func textFormat(name string, text []byte) Format {
	ext := filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
	switch {
	case ext == ".jsonl" || ext == ".ndjson":
		return JSONL
	case text[0] == '[' && ext != ".csv" && ext != ".tsv" && ext != ".txt":
		return JSON
	case text[0] != '{':
		return CSV
	}
	line, rest, more := bytes.Cut(text, []byte("\n"))
	if json.Valid(line) {
		if ext == ".json" && len(bytes.TrimSpace(rest)) == 0 {
			return JSON
		}
		return JSONL
	}
	if !more {
		if ext == ".json" {
			return JSON
		}
		return JSONL
	}
	// The first line is no object by itself: either an object written over several lines, or a damaged line.
	d := json.NewDecoder(bytes.NewReader(line))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return JSON
		}
		if err != nil {
			return JSONL
		}
	}
}
