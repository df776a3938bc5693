package detect

import (
	"encoding/csv"
	"fmt"
)

// Message is a text in both languages under its key. Templates name their arguments in braces, as Indicator.Args does.
type Message struct {
	Key string
	Zh  string
	En  string
}

// Messages gives the names, reasons, units and explanations of indicators, dimensions, areas, triggers and legal
// elements. It fails only when the embedded file is broken.
func Messages() ([]Message, error) {
	f, err := embedded.Open("messages.csv")
	if err != nil {
		return nil, fmt.Errorf("open the messages of detection: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = 3
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the messages of detection: %w", err)
	}
	out := make([]Message, 0, len(rows))
	for _, row := range rows[1:] {
		out = append(out, Message{Key: row[0], Zh: row[1], En: row[2]})
	}
	return out, nil
}
