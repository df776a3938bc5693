package detect

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

//go:embed lexicon.csv words-*.csv messages.csv rules/*.yaml
var embedded embed.FS

// class is what a word of the lexicon is used for.
type class uint8

const (
	clNone class = iota
	// grammar of numbers
	clDigit
	clScale
	clDecimal
	clRange
	clRangeOr
	clMonthMark
	clTermMark
	clNotInterest
	clInterestChar
	clBarePeriod
	clNotBare
	clOf
	clRatioUnit
	clInterestUnit
	clTimeUnit
	clMoneyUnit
	clCountUnit
	clLevelUnit
	clMultipleUnit
	// grammar of promises
	clEach
	clRatioPrefix
	clPeriod
	clRateNoun
	clNoun
	clBlock
	clPrincipal
	clGain
	clTotal
	clDouble
	clPayback
	clNeutral
	// guards
	clIgnore
	clInvest
	clWarn
	clWarnHead
	clImitation
	clScam
	clScamNegator
	clPolice
	clNegate
	clLoan
	clLoanExempt
	clPast
	clPastFact
	clDisclaim
	clPromiseVerb
	clOwnMark
	clMarketRate
	clScopeNegate
	clLevelContext
	clMemberContext
	clJobContext
	clVoucher
	clCashable
	clWords // the first class of feature words; the classes after it are named by the lexicon
)

var fixedClasses = [...]string{clDigit: "digit", clScale: "scale", clDecimal: "decimal", clRange: "range", clRangeOr: "range_or",
	clMonthMark: "month_mark", clTermMark: "term_mark", clNotInterest: "not_interest", clInterestChar: "interest_char", clBarePeriod: "bare_period", clNotBare: "not_bare", clOf: "of", clNeutral: "neutral",
	clRatioUnit: "ratio_unit", clInterestUnit: "interest_unit", clTimeUnit: "time_unit", clMoneyUnit: "money_unit",
	clCountUnit: "count_unit", clLevelUnit: "level_unit", clMultipleUnit: "multiple_unit", clEach: "each",
	clRatioPrefix: "ratio_prefix", clPeriod: "period", clRateNoun: "rate_noun", clNoun: "noun", clBlock: "block",
	clPrincipal: "principal", clGain: "gain", clTotal: "total", clDouble: "double", clPayback: "payback", clIgnore: "ignore",
	clInvest: "invest", clWarn: "warn", clWarnHead: "warn_head", clImitation: "imitation", clScam: "scam",
	clScamNegator: "scam_negator", clPolice: "police", clNegate: "negate", clLoan: "loan", clLoanExempt: "loan_exempt",
	clPast: "past", clPastFact: "past_fact", clDisclaim: "disclaim", clPromiseVerb: "promise_verb", clOwnMark: "own_mark",
	clMarketRate: "market_rate", clScopeNegate: "scope_negate", clLevelContext: "level_context",
	clMemberContext: "member_context", clJobContext: "job_context",
	clVoucher: "voucher", clCashable: "cashable"}

// Voice is who speaks in a text; the guards differ.
type Voice string

// The voices.
const (
	VoiceOwn    Voice = "own"    // the company itself: adverts, pages, product texts, recruitment
	VoiceNews   Voice = "news"   // somebody in general: opinion, news
	VoiceReport Voice = "report" // somebody about this company: complaints, tips, inspections, institutions
)

type voiceMask uint8

const (
	maskOwn voiceMask = 1 << iota
	maskNews
	maskReport
)

func (v Voice) mask() voiceMask {
	switch v {
	case VoiceOwn:
		return maskOwn
	case VoiceNews:
		return maskNews
	default:
		return maskReport
	}
}

// entry is one meaning of one word.
type entry struct {
	word   string
	class  class
	length int32 // in normalised characters
	value  float64
	text   string // the value where it is no number
	weight float64
	voices voiceMask
	index  int32
}

// lexicon is the compiled word list: a trie over normalised characters.
type lexicon struct {
	entries []entry
	classes map[string]class
	trie    trie
	digits  map[rune]float64
	scales  map[rune]float64
	numeral []bool      // by character: a digit or a scale
	joins   [256][]join // by the class of the part that is named first
	parts   [256]bool
}

func loadLexicon(r io.Reader) (*lexicon, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = 5
	rows, err := in.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read lexicon: %w", err)
	}
	lx := &lexicon{classes: map[string]class{}, digits: map[rune]float64{}, scales: map[rune]float64{}, numeral: make([]bool, 0x10000)}
	for c, name := range fixedClasses {
		if name != "" {
			lx.classes[name] = class(c)
		}
	}
	if len(rows) == 0 {
		return nil, errors.New("read lexicon: it is empty")
	}
	for n, row := range rows[1:] {
		if err := lx.addRow(row); err != nil {
			return nil, fmt.Errorf("read lexicon row %d: %w", n+2, err)
		}
	}
	lx.trie.build(lx.entries)
	return lx, nil
}

func (lx *lexicon) addRow(row []string) error {
	c, err := lx.classOf(row[1])
	if err != nil {
		return err
	}
	e := entry{class: c, text: row[2], voices: maskOwn | maskNews | maskReport}
	if v, err := strconv.ParseFloat(row[2], 64); err == nil {
		e.value = v
	}
	if row[3] != "" {
		if e.weight, err = strconv.ParseFloat(row[3], 64); err != nil {
			return fmt.Errorf("weight %q: %w", row[3], err)
		}
	}
	switch row[4] {
	case "own":
		e.voices = maskOwn
	case "report":
		e.voices = maskNews | maskReport
	case "", "any":
	default:
		return fmt.Errorf("unknown voice %q", row[4])
	}
	for _, w := range strings.Fields(row[0]) {
		if joins, err := lx.joinOf(w, e); err != nil {
			return err
		} else if joins {
			continue
		}
		e.word = strings.ReplaceAll(w, "_", " ")
		norm := normalise(e.word)
		if len(norm.runes) == 0 {
			return fmt.Errorf("empty word in %q", row[0])
		}
		if c == clDigit || c == clScale {
			lx.addNumeral(c, norm.runes[0], e.value)
			continue
		}
		e.length, e.index = int32(len(norm.runes)), int32(len(lx.entries))
		lx.entries = append(lx.entries, e)
	}
	return nil
}

func (lx *lexicon) classOf(name string) (class, error) {
	if c, ok := lx.classes[name]; ok {
		return c, nil
	}
	c := int(clWords) + len(lx.classes)
	if c > 255 {
		return clNone, fmt.Errorf("too many classes at %q", name)
	}
	lx.classes[name] = class(c)
	lx.parts[c] = strings.HasPrefix(name, partPrefix)
	return class(c), nil
}

func (lx *lexicon) addNumeral(c class, r rune, value float64) {
	if int(r) < len(lx.numeral) {
		lx.numeral[r] = true
	}
	if c == clDigit {
		lx.digits[r] = value
		return
	}
	lx.scales[r] = value
}
