// Package i18n holds the portal's words in Chinese and English and writes numbers, money and time as its readers expect.
// Messages are plain text with named slots ({name}); templates escape them, so a slot never carries markup.
package i18n

import (
	"context"
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// The languages of the portal.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Message is one text in both languages.
type Message struct{ Key, Zh, En string }

//go:embed messages/*.csv
var embedded embed.FS

// Catalog holds every message by key; it does not change after it was made.
type Catalog struct {
	zh, en map[string]string
}

// Load reads the embedded messages and joins those of other packages to them; a key that is there twice is an error.
func Load(more ...[]Message) (*Catalog, error) {
	c := &Catalog{zh: map[string]string{}, en: map[string]string{}}
	files, err := fs.Glob(embedded, "messages/*.csv")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		f, err := embedded.Open(name)
		if err != nil {
			return nil, err
		}
		list, err := Read(f)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		more = append(more, list)
	}
	for _, list := range more {
		for _, m := range list {
			if _, ok := c.zh[m.Key]; ok {
				return nil, fmt.Errorf("message %s is there twice", m.Key)
			}
			c.zh[m.Key], c.en[m.Key] = m.Zh, m.En
		}
	}
	return c, nil
}

// Read reads messages from CSV with the columns key, zh, en.
func Read(r io.Reader) ([]Message, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = 3
	rows, err := in.ReadAll()
	if err != nil {
		return nil, err
	}
	list := make([]Message, 0, len(rows))
	for i, row := range rows {
		if i == 0 && row[0] == "key" {
			continue
		}
		list = append(list, Message{row[0], row[1], row[2]})
	}
	return list, nil
}

// Keys lists all keys in order.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.zh))
	for k := range c.zh {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Has says whether there is a message under the key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.zh[key]
	return ok
}

// Text gives a message in a language with its slots filled from name, value pairs. An unknown key is given back as it is.
func (c *Catalog) Text(locale, key string, pairs ...string) string {
	texts := c.zh
	if locale == English {
		texts = c.en
	}
	text, ok := texts[key]
	if !ok {
		return key
	}
	if len(pairs) < 2 || !strings.Contains(text, "{") {
		return text
	}
	return fill(text, pairs)
}

// fill puts the values of name, value pairs into the slots of a text; what has no value stays.
func fill(text string, pairs []string) string {
	var b strings.Builder
	for {
		from := strings.IndexByte(text, '{')
		if from < 0 {
			break
		}
		until := strings.IndexByte(text[from:], '}')
		if until < 0 {
			break
		}
		value, ok := valueOf(text[from+1:from+until], pairs)
		if !ok {
			b.WriteString(text[:from+1])
			text = text[from+1:]
			continue
		}
		b.WriteString(text[:from])
		b.WriteString(value)
		text = text[from+until+1:]
	}
	if b.Len() == 0 {
		return text
	}
	b.WriteString(text)
	return b.String()
}

func valueOf(name string, pairs []string) (string, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1], true
		}
	}
	return "", false
}

type contextKey struct{}

type bound struct {
	catalog *Catalog
	locale  string
}

// With gives a context whose texts are of the catalog and language.
func With(ctx context.Context, c *Catalog, locale string) context.Context {
	return context.WithValue(ctx, contextKey{}, bound{c, locale})
}

// Locale gives the language of the context, Chinese where none is set.
func Locale(ctx context.Context) string {
	if b, ok := ctx.Value(contextKey{}).(bound); ok {
		return b.locale
	}
	return Chinese
}

// IsEnglish says whether the context's language is English.
func IsEnglish(ctx context.Context) bool { return Locale(ctx) == English }

// T gives a message in the context's language, its slots filled from name, value pairs.
func T(ctx context.Context, key string, pairs ...string) string {
	b, ok := ctx.Value(contextKey{}).(bound)
	if !ok {
		return key
	}
	return b.catalog.Text(b.locale, key, pairs...)
}

// Has says whether the context's catalog has the key.
func Has(ctx context.Context, key string) bool {
	b, ok := ctx.Value(contextKey{}).(bound)
	return ok && b.catalog.Has(key)
}

// N gives the message for a count: key.one for one in English where there is such a message, else key, with {n} filled.
func N(ctx context.Context, key string, n int64, pairs ...string) string {
	if n == 1 && IsEnglish(ctx) && Has(ctx, key+".one") {
		key += ".one"
	}
	return T(ctx, key, append([]string{"n", Integer(ctx, n)}, pairs...)...)
}

// Pick gives the Chinese or the English text by the context's language; an empty English text falls back to the Chinese.
func Pick(ctx context.Context, zh, en string) string {
	if IsEnglish(ctx) && en != "" {
		return en
	}
	return zh
}
