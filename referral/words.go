package referral

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"text/template"

	"xiezhi/law"
	"xiezhi/models"
)

//go:embed papers/words.csv
var wordsFile string

// words are the terms of papers/words.csv by key.
var words = sync.OnceValue(func() map[string]string {
	r := csv.NewReader(strings.NewReader(wordsFile))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("papers/words.csv: %v", err))
	}
	all := map[string]string{}
	for _, row := range rows[1:] {
		all[row[0]] = row[1]
	}
	return all
})

func term(key string) string { return words()[key] }

// wordFuncs are the functions that the paper files may call.
func wordFuncs() template.FuncMap {
	return template.FuncMap{
		"day": day, "dayOrBlank": dayOrBlank, "moment": moment, "blankMoment": func() string { return term("blank.moment") },
		"moneyOrUnknown": moneyOrUnknown, "peopleOrUnknown": peopleOrUnknown, "orNone": orNone, "cite": cite, "citeNext": citeNext,
	}
}

// day writes the date in China, and nothing for an unknown moment.
func day(at models.Instant) string { return inChina(at, "layout.day") }

func moment(at models.Instant) string { return inChina(at, "layout.moment") }

func dayOrBlank(at models.Instant) string {
	if at.IsZero() {
		return term("blank.day")
	}
	return day(at)
}

func inChina(at models.Instant, layout string) string {
	if at.IsZero() {
		return ""
	}
	return at.Time().In(models.China).Format(term(layout))
}

// money writes an amount of fen with all that it says: in units of 10,000 yuan where that takes no more than two decimals,
// else in yuan to the fen.
func money(fen int64) string {
	const wan, yi = 1_000_000, 10_000_000_000
	if fen >= yi && fen%wan == 0 {
		return decimal(fen, yi, 4) + term("unit.yi")
	}
	if fen >= wan && fen%(wan/100) == 0 {
		return decimal(fen, wan, 2) + term("unit.wan")
	}
	return decimal(fen, 100, 2) + term("unit.yuan")
}

// decimal writes n/unit exactly, where digits are enough for it, without zeros at the end.
func decimal(n, unit int64, digits int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := sign + strconv.FormatInt(n/unit, 10)
	scale := int64(1)
	for range digits {
		scale *= 10
	}
	if part := n % unit / (unit / scale); part != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%0*d", digits, part), "0")
	}
	return text
}

func moneyOrUnknown(fen *int64) string {
	if fen == nil {
		return term("unknown")
	}
	return money(*fen)
}

func peopleOrUnknown(n *int64) string {
	if n == nil {
		return term("unknown")
	}
	return strconv.FormatInt(*n, 10) + term("unit.people")
}

// orNone states that there is none, however that was typed.
func orNone(text string) string {
	if text == "" || strings.EqualFold(text, "none") {
		return term("none")
	}
	return text
}

// cite names an article by its id with the full name of the law.
func cite(id string) (string, error) {
	a, ok := law.ArticleByID(id)
	if !ok {
		return "", fmt.Errorf("no article %s", id)
	}
	text := a.Citation("zh")
	name, rest, _ := cutName(text)
	if full := term("full." + name); full != "" {
		return full + rest, nil
	}
	return text, nil
}

// citeNext names a further article of the law that was named before.
func citeNext(id string) (string, error) {
	text, err := cite(id)
	if err != nil {
		return "", err
	}
	_, rest, _ := cutName(text)
	return rest, nil
}

// cutName parts a citation after the name of the law, which ends with U+300B.
func cutName(citation string) (name, rest string, ok bool) {
	name, rest, ok = strings.Cut(citation, "\u300b")
	return name + "\u300b", rest, ok
}

// citeAll lists articles and names each law once.
func citeAll(ids []string) (string, error) {
	var all []string
	named := ""
	for _, id := range ids {
		text, err := cite(id)
		if err != nil {
			return "", err
		}
		name, rest, ok := cutName(text)
		if ok && name == named {
			text = rest
		}
		named = name
		all = append(all, text)
	}
	return strings.Join(all, term("listing")), nil
}
