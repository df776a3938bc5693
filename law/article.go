package law

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// TextStatus says what stands behind a citation.
type TextStatus string

// The text was read, or an excerpt of it, or the rule is recalled and must be checked before it is relied on.
const (
	TextRead     TextStatus = "text"
	TextExcerpt  TextStatus = "excerpt"
	TextRecalled TextStatus = "recalled"
)

// Article is a citation with a summary in our own words. ID is law, article, paragraph and item with dots: 310.5.2.
type Article struct {
	ID, Law                string
	CitationZh, CitationEn string
	SummaryZh, SummaryEn   string
	Status                 TextStatus
}

//go:embed articles.csv
var articlesCSV []byte

var articles = sync.OnceValue(func() map[string]Article {
	table := map[string]Article{}
	for _, r := range readTable("articles.csv", articlesCSV) {
		table[r["id"]] = Article{
			ID: r["id"], Law: r["law"], CitationZh: r["citation_zh"], CitationEn: r["citation_en"],
			SummaryZh: r["summary_zh"], SummaryEn: r["summary_en"], Status: TextStatus(r["status"]),
		}
	}
	return table
})

// ArticleByID returns the citation with the id.
func ArticleByID(id string) (Article, bool) {
	a, ok := articles()[id]
	return a, ok
}

// Articles returns every citation, by id.
func Articles() []Article {
	all := make([]Article, 0, len(articles()))
	for _, a := range articles() {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b Article) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Citation returns the citation in Chinese, or in English where lang is "en".
func (a Article) Citation(lang string) string {
	if lang == "en" {
		return a.CitationEn
	}
	return a.CitationZh
}

// Summary returns the summary in Chinese, or in English where lang is "en".
func (a Article) Summary(lang string) string {
	if lang == "en" {
		return a.SummaryEn
	}
	return a.SummaryZh
}

// FullTexts are the texts of articles that an operator has loaded. The zero value has none.
type FullTexts struct {
	titles map[string]string
	texts  map[string]map[string]string
}

// maxFullTexts bounds the file of texts that is read.
const maxFullTexts = 32 << 20

// LoadFullTexts reads a JSON object of laws, each with title and articles (number to text). Keys that begin with _ are
// notes and passed over. It fails on other JSON, on a file above 32 MiB and on a file without any article.
func LoadFullTexts(r io.Reader) (FullTexts, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFullTexts+1))
	if err != nil {
		return FullTexts{}, fmt.Errorf("read full texts: %w", err)
	}
	if len(data) > maxFullTexts {
		return FullTexts{}, fmt.Errorf("read full texts: above %d bytes", maxFullTexts)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return FullTexts{}, fmt.Errorf("read full texts: %w", err)
	}
	full := FullTexts{titles: map[string]string{}, texts: map[string]map[string]string{}}
	count := 0
	for id, body := range raw {
		if strings.HasPrefix(id, "_") {
			continue
		}
		var law struct {
			Title    string            `json:"title"`
			Articles map[string]string `json:"articles"`
		}
		if err := json.Unmarshal(body, &law); err != nil {
			return FullTexts{}, fmt.Errorf("read full texts: law %s: %w", id, err)
		}
		full.titles[id], full.texts[id] = law.Title, law.Articles
		count += len(law.Articles)
	}
	if count == 0 {
		return FullTexts{}, fmt.Errorf("read full texts: no article")
	}
	return full, nil
}

// Text returns the whole text of the article that an id cites: for 310.5.2 that of article 5.
func (f FullTexts) Text(id string) (string, bool) {
	law, rest, _ := strings.Cut(id, ".")
	number, _, _ := strings.Cut(rest, ".")
	text, ok := f.texts[law][number]
	return text, ok && text != ""
}

// Title returns the title of a law that has been loaded.
func (f FullTexts) Title(law string) (string, bool) {
	title, ok := f.titles[law]
	return title, ok
}
