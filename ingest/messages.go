package ingest

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
)

//go:embed messages.csv
var messageTable string

// Message is the wording of a key in both languages; {column}, {value} and other names in braces are filled from Args.
type Message struct {
	Key string
	Zh  string
	En  string
}

// Messages gives the wording of every key that this package hands out.
func Messages() ([]Message, error) {
	rows, err := csv.NewReader(strings.NewReader(messageTable)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read ingest messages: %w", err)
	}
	list := make([]Message, 0, len(rows))
	for _, row := range rows[1:] {
		list = append(list, Message{Key: row[0], Zh: row[1], En: row[2]})
	}
	return list, nil
}

// Fill puts the arguments into the wording; a name without an argument is left as it stands.
func Fill(wording string, args map[string]string) string {
	list := make([]string, 0, 2*len(args))
	for name, value := range args {
		list = append(list, "{"+name+"}", value)
	}
	return strings.NewReplacer(list...).Replace(wording)
}
