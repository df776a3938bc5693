package stranger

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// promise is what a company holds out: percent per period (year, month, week, day, multiple of the stake), or nothing.
type promise struct {
	period  string
	percent float64
}

// say fills the slots of a line for one company at one moment.
func (p *province) say(line string, f *firm, at time.Time) string {
	for strings.Contains(line, "{") {
		open := strings.Index(line, "{")
		shut := strings.Index(line[open:], "}")
		if shut < 0 {
			return line
		}
		line = line[:open] + p.slot(line[open+1:open+shut], f, at) + line[open+shut+1:]
	}
	return line
}

func (p *province) slot(name string, f *firm, at time.Time) string {
	t := p.texts
	switch name {
	case "name":
		return f.short
	case "city":
		return f.city
	case "wx":
		return fmt.Sprintf("%c%c%05d", 'a'+rune(p.rng.IntN(26)), 'a'+rune(p.rng.IntN(26)), p.rng.IntN(100000))
	case "r":
		return p.sayPromise(f.promise)
	case "min":
		return p.saySum(pick(p, t.shape("min")), float64(f.least))
	case "mo":
		return pick(p, t.shape("term"))
	case "k":
		return p.saySum(pick(p, t.shape("sum")), p.victimSum(f))
	case "n":
		n := p.between(max(8, f.crowd/8), max(12, f.crowd))
		return strings.NewReplacer("{n}", strconv.Itoa(n), "{nf}", p.wide(strconv.Itoa(n))).Replace(pick(p, t.shape("people")))
	case "d":
		d := at.AddDate(0, 0, -p.between(5, 60))
		return fmt.Sprintf("%d%s%d%s", d.Month(), t.char("month"), d.Day(), t.char("day"))
	case "x":
		return strconv.Itoa(p.between(2, 9))
	}
	return ""
}

// victimSum is what one victim lost, in yuan; small for those who lend to him or sell cards.
func (p *province) victimSum(f *firm) float64 {
	if f.promise.period == "none" {
		return math.Round(p.real(1, 30)) * 1000
	}
	return math.Round(p.real(1, 40)) * 10000
}

func (p *province) saySum(shape string, yuan float64) string {
	if yuan < 10000 { // nobody says a tenth of ten thousand
		return strconv.Itoa(int(yuan)) + p.texts.char("yuan")
	}
	myriads := trim(yuan / 10000)
	plain := strconv.Itoa(int(yuan))
	return strings.NewReplacer("{w}", myriads, "{k}", myriads, "{cw}", p.formal(myriads), "{ck}", p.chinese(yuan/10000),
		"{wf}", p.wide(plain), "{kf}", plain).Replace(shape)
}

func (p *province) sayPromise(pr promise) string {
	if pr.period == "none" || pr.period == "" {
		return ""
	}
	v := pr.percent
	return strings.NewReplacer(
		"{p}", p.percentText(v), "{dot}", p.dotText(v), "{li}", p.fenText(v/10), "{fen}", p.fenText(v),
		"{tenk}", strconv.Itoa(int(math.Round(v*1000))), "{hund}", strconv.Itoa(int(math.Round(v*100))),
		"{myr}", p.smallText(v), "{times}", trim(v/100)).Replace(pick(p, p.texts.shape(pr.period)))
}

func (p *province) percentText(v float64) string {
	t := p.texts
	switch p.rng.IntN(8) {
	case 0:
		return p.wide(trim(v)) + t.char("widepercent")
	case 1:
		return t.char("percent") + p.chinese(v)
	case 2:
		return trim(v) + " %"
	case 3:
		return trim(v) + t.char("points")
	case 4:
		return trim(v) + "%~" + trim(v*1.2) + "%"
	default:
		return trim(v) + "%"
	}
}

func (p *province) dotText(v float64) string {
	if p.chance(.5) {
		return trim(v)
	}
	return p.chinese(v)
}

// fenText says v (1.5) as so many parts and so many tenths of a part, the old way of naming interest.
func (p *province) fenText(v float64) string {
	t := p.texts
	tenths := int(math.Round(v * 10))
	whole, rest := tenths/10, tenths%10
	text := ""
	if whole > 0 {
		text = p.dotText(float64(whole)) + t.char("fen")
	}
	if rest > 0 {
		text += p.dotText(float64(rest))
		if whole == 0 || p.chance(.5) {
			text += t.char("li")
		}
	}
	return text
}

func (p *province) smallText(v float64) string {
	if p.chance(.5) {
		return p.texts.char("permille") + p.chinese(v*10)
	}
	return p.texts.char("permyriad") + trim(v*100)
}

func trim(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func (p *province) wide(digits string) string   { return p.turn(digits, "wide") }
func (p *province) formal(digits string) string { return p.turn(digits, "formal") }

func (p *province) turn(digits, alphabet string) string {
	runes := []rune(p.texts.char(alphabet))
	if alphabet == "formal" && len(strings.TrimSuffix(digits, ".5")) > 1 {
		return digits
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return runes[r-'0']
		}
		return r
	}, digits)
}

// chinese writes a number below 100,000,000 with up to one decimal in Chinese numerals.
func (p *province) chinese(v float64) string {
	t := p.texts
	tenths := int(math.Round(v * 10))
	text := p.chineseWhole(tenths / 10)
	if rest := tenths % 10; rest > 0 {
		text += t.char("point") + string([]rune(t.char("digits"))[rest])
	}
	return text
}

func (p *province) chineseWhole(n int) string {
	t := p.texts
	digits := []rune(t.char("digits"))
	if n < 10 {
		return string(digits[n])
	}
	for _, unit := range []struct {
		size int
		name string
	}{{10000, t.char("myriad")}, {1000, t.char("thousand")}, {100, t.char("hundred")}, {10, t.char("ten")}} {
		if n < unit.size {
			continue
		}
		head := p.chineseWhole(n / unit.size)
		if unit.size == 10 && n < 20 {
			head = ""
		}
		rest := n % unit.size
		if rest == 0 {
			return head + unit.name
		}
		gap := ""
		if rest < unit.size/10 {
			gap = string(digits[0])
		}
		return head + unit.name + gap + p.chineseWhole(rest)
	}
	return ""
}

// disguise writes an advert as people do who want to pass a filter: emoji, other characters, wide digits, gaps.
func (p *province) disguise(text string) string {
	if p.chance(.22) {
		twist := pick(p, p.texts.twist)
		text = strings.ReplaceAll(text, twist[0], twist[1])
	}
	if p.chance(.22) {
		twist := pick(p, p.texts.twist)
		text = strings.ReplaceAll(text, twist[0], twist[1])
	}
	if p.chance(.12) {
		text = p.wide(text)
	}
	if p.chance(.08) {
		text = p.gaps(text)
	}
	return p.cheer(text)
}

func (p *province) cheer(text string) string {
	if p.chance(.4) {
		text += pick(p, p.texts.shape("emoji"))
	}
	if p.chance(.25) {
		text = pick(p, p.texts.shape("emoji")) + pick(p, p.texts.shape("emoji")) + text
	}
	return text
}

// gaps puts a separator between the characters of a stretch of the text.
func (p *province) gaps(text string) string {
	runes := []rune(text)
	from := p.rng.IntN(len(runes))
	to := min(len(runes), from+p.between(6, 14))
	mark := pick(p, []string{" ", ".", "-", "*"})
	var b strings.Builder
	for i, r := range runes {
		b.WriteRune(r)
		if i >= from && i < to-1 {
			b.WriteString(mark)
		}
	}
	return b.String()
}
