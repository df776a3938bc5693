package ingest

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"xiezhi/models"
)

//go:embed words/headers.csv
var headersText string

//go:embed words/column_units.csv
var columnUnitsText string

// headWord says by which names, and parts of names, offices call a canonical column.
type headWord struct {
	table  models.Table
	column string
	names  []string
	parts  []string
}

var headWords = sync.OnceValue(func() (list []headWord) {
	for _, row := range tableOf(headersText) {
		list = append(list, headWord{models.Table(row[0]), row[1], strings.Split(row[2], "|"), strings.Split(row[3], "|")})
	}
	return list
})

// plainName takes the unit behind a column's name off, and of a header of several rows gives the last.
func plainName(name string) string {
	name = strings.TrimSpace(halfWidth(name))
	if i := strings.LastIndexByte(name, '/'); i >= 0 && i < len(name)-1 && isHan(name[i+1:]) {
		name = name[i+1:]
	}
	if i := strings.IndexAny(name, "(["); i > 0 {
		name = name[:i]
	}
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), " ", ""))
}

// The weight of a name: all of it, a beginning of the list weighing more, or a part.
const (
	scoreExact = 10.0
	scorePart  = 4.0
	scoreStep  = 0.1
)

// fitsName says how well a column's name fits.
func (w *headWord) fitsName(name string) float64 {
	plain, whole := plainName(name), strings.ToLower(strings.ReplaceAll(halfWidth(name), " ", ""))
	for i, n := range w.names {
		n = strings.ToLower(strings.ReplaceAll(n, " ", ""))
		if plain == n || whole == n {
			return scoreExact - scoreStep*float64(i)
		}
	}
	for i, p := range w.parts {
		if p != "" && strings.Contains(whole, strings.ToLower(p)) {
			return scorePart - scoreStep*float64(i)
		}
	}
	return 0
}

// guessed is where a header may be.
type guessed struct {
	row   int
	names []string
	score float64
}

// guessHeader finds the row, or the rows, that look most like names of columns. A row may be given.
func guessHeader(rows []topRow, given int) guessed {
	best := guessed{score: -1}
	for i := range rows {
		if given > 0 && rows[i].number != given {
			continue
		}
		for depth := 1; depth <= min(headDepth, i+1); depth++ {
			names := header(rows, i, depth)
			if score := headScore(names) - 0.01*float64(i) - 0.3*float64(depth-1); score > best.score {
				best = guessed{row: rows[i].number, names: names, score: score}
			}
		}
	}
	return best
}

func headScore(names []string) float64 {
	score, seen := 0.0, map[string]int{}
	for _, name := range names {
		if strings.HasPrefix(name, "$") {
			continue
		}
		if seen[name]++; seen[name] > 1 {
			score -= 3
			continue
		}
		best := 0.0
		for i := range headWords() {
			best = max(best, headWords()[i].fitsName(name))
		}
		score += 0.2 + best/scoreExact
		if isNumber(name) || isDate(name) || len(name) > 120 {
			score -= 1
		}
	}
	return max(score, 0)
}

// pair is a column of the file that may be a canonical one.
type pair struct {
	column string
	source int
	score  float64
}

// GuessTable gives the table whose required columns the sample fills best; ok is false where it fills those of none.
func GuessTable(s *Sample) (models.Table, bool) {
	best, table := 0.0, models.Table("")
	for _, t := range models.Tables() {
		found := s.assign(t)
		score, missing := 0.0, 0
		for _, c := range plans()[t].columns() {
			p, ok := found[c.name]
			if ok {
				score += p.score
			}
			if c.required && !ok && !canBeSaid(t, c.name) {
				missing++
			}
		}
		if score -= 12 * float64(missing); missing < len(found) && score > best {
			best, table = score, t
		}
	}
	return table, table != ""
}

// canBeSaid says whether a required column is one that people say once for the whole file.
func canBeSaid(t models.Table, column string) bool {
	return column == "kind" || column == "area" || t == models.TableAccounts && column == "institution_code" || t == models.TableTransfers && column == "id"
}

// assign gives each canonical column of a table the column of the sample that fits it best; a column is given away once.
func (s *Sample) assign(t models.Table) map[string]pair {
	var pairs []pair
	for _, w := range headWords() {
		if w.table != t {
			continue
		}
		for i := range s.Columns {
			c := &s.Columns[i]
			name, content := w.fitsName(c.Name), fitsContent(t, w.column, c.Kind)
			if score := name + content; c.Filled > 0 && score >= scorePart-1 && (name > 0 || speaksForItself(w.column, c.Kind)) {
				pairs = append(pairs, pair{w.column, i, score})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	found, taken := map[string]pair{}, map[int]bool{}
	for _, p := range pairs {
		if _, done := found[p.column]; !done && !taken[p.source] {
			found[p.column], taken[p.source] = p, true
		}
	}
	return found
}

// speaksForItself says whether values name a column whatever it is called.
func speaksForItself(column string, kind Content) bool {
	switch kind {
	case ContentCreditCode:
		return slices.Contains([]string{"uscc", "company", "subject", "to"}, column)
	case ContentCompany:
		return column == "name"
	case ContentIdentity:
		return column == "id"
	case ContentAccount:
		return column == "number"
	}
	return false
}

// fitsContent says what the values speak for or against.
func fitsContent(t models.Table, column string, kind Content) float64 {
	like := func(good float64, kinds ...Content) float64 {
		if slices.Contains(kinds, kind) {
			return good
		}
		if kind == ContentText || kind == ContentCode || kind == ContentNone {
			return 0
		}
		return -4
	}
	switch column {
	case "uscc", "company":
		if kind == ContentCompany || kind == ContentText {
			return -6
		}
		return like(8, ContentCreditCode)
	case "subject", "from", "to", "holder":
		return like(5, ContentCreditCode, ContentIdentity) + like(3, ContentCompany, ContentAccount)/2
	case "id":
		if t == models.TablePersons {
			return like(8, ContentIdentity)
		}
		return like(0, ContentCount, ContentNumber, ContentAccount)
	case "number":
		if t == models.TableAccounts {
			return like(7, ContentAccount)
		}
		return like(0, ContentCount, ContentNumber)
	case "from_account", "to_account":
		return like(5, ContentAccount, ContentNumber)
	case "registered_capital", "paid_capital", "amount", "raised", "ratio":
		return like(2, ContentNumber, ContentCount, ContentPercent)
	case "promised_yield":
		return like(3, ContentPercent, ContentNumber, ContentCount)
	case "established_on", "abnormal_listed_on", "opened_on", "since_on", "until_on", "valid_from", "valid_until", "at":
		return like(3, ContentDate, ContentMoment, ContentCount, ContentNumber)
	case "phone":
		return like(3, ContentPhone)
	case "division_code":
		return like(3, ContentDivision, ContentPlace)
	case "url", "website":
		return like(3, ContentURL)
	case "name":
		if t == models.TableCompanies {
			return like(4, ContentCompany)
		}
		return like(0)
	case "insured_staff", "count", "investors", "term_days":
		return like(1, ContentCount, ContentNumber)
	case "guaranteed":
		return like(3, ContentYesNo)
	}
	return 0
}
