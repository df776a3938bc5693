package law

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed bulletin_words.csv
var bulletinWordsCSV []byte

var bulletinWords = sync.OnceValue(func() [][2]string {
	var list [][2]string
	for _, r := range readTable("bulletin_words.csv", bulletinWordsCSV) {
		list = append(list, [2]string{r["word"], r["why"]})
	}
	return list
})

// Unpublishable gives the first word of a text that a public bulletin may not have, and why: what institutions reported in confidence (AML
// arts 7, 35), the secrets of an investigation, who informed. Both are empty for a text without one. It finds words, not meanings: a
// person reviews the text besides.
func Unpublishable(text string) (word, why string) {
	for _, w := range bulletinWords() {
		if strings.Contains(text, w[0]) {
			return w[0], w[1]
		}
	}
	return "", ""
}
