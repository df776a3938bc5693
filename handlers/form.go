package handlers

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
)

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// bind reads a form or a query into a struct whose fields are all tagged.
func bind(c *gin.Context, to any) error {
	if err := c.ShouldBind(to); err != nil {
		return &models.Error{Kind: models.KindInvalid, Key: "error.form", Err: err}
	}
	return nil
}

// wrongFields gives the message keys by field of an invalid input; ok is false for any other error.
func wrongFields(err error) (map[string]string, bool) {
	var e *models.Error
	if errors.As(err, &e) && e.Kind == models.KindInvalid && len(e.Fields) > 0 {
		return e.Fields, true
	}
	return nil, false
}

// cursor writes where a next page begins, so that it can stand in an address.
func cursor(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads what cursor wrote; an empty text is no cursor.
func readCursor(text string, to any) (bool, error) {
	if text == "" {
		return false, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, to)
	}
	if err != nil {
		return false, &models.Error{Kind: models.KindInvalid, Key: "error.invalid", Fields: map[string]string{"after": "error.cursor"}, Err: err}
	}
	return true, nil
}

// readMoment reads an instant as people and programs write it: RFC 3339, or a date with or without a time in China's zone. A
// date alone is its end.
func readMoment(text string) (models.Instant, error) {
	if text == "" {
		return models.Instant{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return models.At(t), nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, models.China); err == nil {
			return models.At(t), nil
		}
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, models.China); err == nil {
		return models.At(t.AddDate(0, 0, 1).Add(-time.Microsecond)), nil
	}
	return models.Instant{}, errors.New("not a moment")
}

// readVersion reads the version a form was made of; a missing or odd one is 0, which asks for no check.
func readVersion(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
