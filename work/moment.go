package work

import (
	"fmt"
	"time"

	"xiezhi/models"
)

// DayEdge says which moment of its day a date without a time stands for.
type DayEdge int

// The edges of a day.
const (
	DayBegins DayEdge = iota
	DayEnds
)

// ReadMoment reads RFC 3339, or a date or time of China's zone; the zero Instant for an empty text.
func ReadMoment(text string, edge DayEdge) (models.Instant, error) {
	if text == "" {
		return models.Instant{}, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return models.At(t), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, models.China); err == nil {
			return models.At(t), nil
		}
	}
	t, err := time.ParseInLocation(time.DateOnly, text, models.China)
	if err != nil {
		return models.Instant{}, fmt.Errorf("%q is no moment", text)
	}
	if edge == DayEnds {
		t = t.AddDate(0, 0, 1).Add(-time.Microsecond)
	}
	return models.At(t), nil
}
