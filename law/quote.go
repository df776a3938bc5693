package law

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed quotes.csv
var quotesCSV []byte

var quotes = sync.OnceValue(func() map[[2]string]string {
	table := map[[2]string]string{}
	for _, r := range readTable("quotes.csv", quotesCSV) {
		table[[2]string{r["field"], r["word"]}] = r["text"]
	}
	return table
})

// Quote words in Chinese what a field of a fact holds, for the evidence of a report: a number or a code alone says nothing there. What is
// quoted as it was written, a text or a name, is given back with its white space folded.
func Quote(field, value string) string {
	value = strings.Join(strings.Fields(value), " ")
	if text, ok := quotes()[[2]string{field, value}]; ok {
		return text
	}
	word := ""
	if rate, period, ok := strings.Cut(value, " / "); ok && field == "promised_yield" {
		value, word = strings.ReplaceAll(rate, " ", ""), period
	}
	text, ok := quotes()[[2]string{field, word}]
	if !ok {
		text, ok = quotes()[[2]string{field, ""}]
	}
	if !ok {
		return value
	}
	return strings.ReplaceAll(text, "{value}", value)
}
