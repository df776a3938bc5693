package handlers

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// thresholdInput is a form of the calculator as it came: values by name, since the offence decides which there are.
type thresholdInput struct {
	values url.Values
	m      law.Measurement
	wrong  map[string]string
}

// readThreshold reads the figures in yuan or counts and the answers; a figure that was left empty is unknown.
func readThreshold(values url.Values) thresholdInput {
	in := thresholdInput{values: values, wrong: map[string]string{}, m: law.Measurement{Offence: values.Get("offence"), Figures: map[law.Quantity]law.Figure{}, Answers: map[string]law.Reply{}}}
	if in.m.Offence == "" {
		in.m.Offence = law.Offences()[0].Code
	}
	o, ok := law.OffenceByCode(in.m.Offence)
	if !ok {
		in.wrong["offence"] = "error.required"
		return in
	}
	for _, q := range law.Quantities(o) {
		name := string(q)
		n, err := readFigure(q, values.Get(name))
		if err != nil {
			in.wrong[name] = "error.amount"
		} else if n != nil {
			in.m.Figures[q] = law.Figure{Value: *n, Source: strings.TrimSpace(values.Get(name + "_source"))}
		}
	}
	for _, e := range law.Elements(o.Code) {
		is := law.Answer(values.Get(e.Key))
		if is == law.Yes || is == law.No {
			in.m.Answers[e.Key] = law.Reply{Is: is, Source: strings.TrimSpace(values.Get(e.Key + "_source"))}
		}
	}
	return in
}

// counted says whether a quantity is a number of people or things, and not of money.
func counted(q law.Quantity) bool {
	return slices.Contains([]law.Quantity{law.QuantityPeople, law.QuantityLevels, law.QuantityObjects}, q)
}

func readFigure(q law.Quantity, text string) (*int64, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), ",", "")
	if text == "" {
		return nil, nil
	}
	whole, frac, dot := strings.Cut(text, ".")
	if counted(q) && dot || len(frac) > 2 || strings.ContainsAny(text, "+-eE") {
		return nil, strconv.ErrSyntax
	}
	if !counted(q) {
		whole += (frac + "00")[:2]
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return nil, err
	}
	return &n, nil
}

func writeFigure(q law.Quantity, n int64) string {
	if counted(q) {
		return strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n/100, 10) + "." + string([]byte{byte('0' + n/10%10), byte('0' + n%10)})
}

// suggest fills in what the facts of the company say where nothing was written: money raised and people of its products.
func (in *thresholdInput) suggest(ctx context.Context, facts *models.CompanyFacts) map[law.Quantity][]views.Link {
	from := map[law.Quantity][]views.Link{}
	if facts == nil {
		return from
	}
	o, _ := law.OffenceByCode(in.m.Offence)
	sum := map[law.Quantity]map[string]int64{law.QuantityAmount: {}, law.QuantityPeople: {}}
	for _, p := range facts.Products {
		for q, n := range map[law.Quantity]*int64{law.QuantityAmount: p.Row.RaisedFen, law.QuantityPeople: p.Row.Investors} {
			if n == nil || !slices.Contains(law.Quantities(o), q) {
				continue
			}
			sum[q][p.Row.ID] = max(sum[q][p.Row.ID], *n)
			from[q] = append(from[q], views.Link{URL: factURL(p.Provenance), Text: i18n.T(ctx, "threshold.fact", "name", p.Row.Name, "value", quantity(ctx, q, *n), "source", sourceName(ctx, p.Source))})
		}
	}
	for q, list := range sum {
		if _, known := in.m.Figures[q]; known || len(list) == 0 || in.values.Has(string(q)) {
			continue
		}
		total := int64(0)
		for _, n := range list {
			total += n
		}
		in.m.Figures[q] = law.Figure{Value: total, Source: i18n.T(ctx, "threshold.from_facts", "n", i18n.Integer(ctx, int64(len(from[q]))))}
	}
	return from
}

func (a *App) thresholdShow(c *gin.Context) error {
	return a.showThreshold(c, readThreshold(c.Request.URL.Query()), "")
}

// showThreshold renders the calculator of a case; version names a saved one.
func (a *App) showThreshold(c *gin.Context, in thresholdInput, version string) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	file, err := a.Store.CaseFile(ctx, actor, ref)
	if err != nil {
		return err
	}
	if !actor.CanAt(models.ActEvidenceRead, file.Place) {
		return models.Forbidden(models.ActEvidenceRead)
	}
	notes, err := a.Store.ThresholdNotes(ctx, actor, ref)
	if err != nil {
		return err
	}
	var from map[law.Quantity][]views.Link
	if file.SubjectKind == models.KindCompany && actor.Can(models.ActCompanyRead) && version == "" {
		_, facts, err := a.Store.Company(ctx, actor, file.SubjectKey, models.AsOf{})
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return err
		}
		from = in.suggest(ctx, facts)
	}
	frame, err := a.frame(c, i18n.T(ctx, "threshold.title"))
	if err != nil {
		return err
	}
	p := newThresholdPage(ctx, in, from)
	p.Frame, p.Version, p.Subject = frame, version, ref+" "+file.Title
	p.Action, p.Tabs = "/cases/"+ref+"/thresholds", caseTabs(ctx, actor, ref, file.Place, "thresholds")
	p.Office, p.Printed = i18n.Pick(ctx, file.Authority.Name, file.Authority.NameEn), printedBy(ctx, actor, a.Store.Now())
	if actor.CanAt(models.ActThresholdSave, file.Place) && version == "" {
		p.Save = p.Action
	}
	for _, n := range notes {
		p.Versions = append(p.Versions, views.VersionLink{URL: p.Action + "/" + strconv.FormatInt(n.Version, 10), At: whenMinute(n.SavedAt),
			Text: i18n.T(ctx, "threshold.version", "n", i18n.Integer(ctx, n.Version), "offence", offenceName(ctx, n.Offence), "who", n.SaverName)})
	}
	return a.render(c, statusOf(in.wrong), views.Threshold(p))
}

// thresholdSave computes, or keeps the measurement as the next version.
func (a *App) thresholdSave(c *gin.Context) error {
	ctx, ref := a.Context(c), c.Param("ref")
	in := readThreshold(c.Request.PostForm)
	if len(in.wrong) > 0 || c.PostForm("do") != "save" {
		return a.showThreshold(c, in, "")
	}
	n, err := a.Store.SaveThreshold(ctx, ActorOf(c), ref, in.m)
	if wrong, ok := wrongFields(err); ok {
		in.wrong = wrong
		return a.showThreshold(c, in, "")
	}
	if err != nil {
		return err
	}
	return a.done(c, "/cases/"+ref+"/thresholds/"+strconv.FormatInt(n, 10), i18n.T(ctx, "threshold.done.saved", "n", i18n.Integer(ctx, n)), "")
}

func (a *App) thresholdVersion(c *gin.Context) error {
	ctx := a.Context(c)
	n, err := strconv.ParseInt(c.Param("version"), 10, 64)
	if err != nil {
		return models.NotFound("threshold")
	}
	note, err := a.Store.ThresholdNote(ctx, ActorOf(c), c.Param("ref"), n)
	if err != nil {
		return err
	}
	m, err := note.Measurement()
	if err != nil {
		return err
	}
	text := i18n.T(ctx, "threshold.saved", "n", i18n.Integer(ctx, n), "who", note.SaverName, "at", i18n.Moment(note.SavedAt.Time()), "sha256", note.SHA256[:16])
	return a.showThreshold(c, thresholdInput{m: m, values: url.Values{}, wrong: map[string]string{}}, text)
}

// thresholdCompany is the calculator on a company, where nothing is saved.
func (a *App) thresholdCompany(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	sub, facts, err := a.Store.Company(ctx, actor, c.Param("id"), models.AsOf{})
	if err != nil {
		return err
	}
	in := readThreshold(c.Request.URL.Query())
	from := in.suggest(ctx, facts)
	frame, err := a.frame(c, i18n.T(ctx, "threshold.title"))
	if err != nil {
		return err
	}
	p := newThresholdPage(ctx, in, from)
	p.Frame, p.Subject, p.Action = frame, subjectName(sub.Name, sub.Key), "/companies/"+url.PathEscape(sub.Key)+"/thresholds"
	p.Office, p.Printed = frame.Office, printedBy(ctx, actor, a.Store.Now())
	return a.render(c, statusOf(in.wrong), views.Threshold(p))
}

// newThresholdPage holds a measurement against its offence, in words.
func newThresholdPage(ctx context.Context, in thresholdInput, from map[law.Quantity][]views.Link) views.ThresholdPage {
	p := views.ThresholdPage{Wrong: in.wrong, Remark: in.m.Note}
	for _, o := range law.Offences() {
		p.Offences = append(p.Offences, ui.Option{Value: o.Code, Label: i18n.Pick(ctx, o.NameZh, o.NameEn), Chosen: o.Code == in.m.Offence})
	}
	out, ok := law.Hold(in.m)
	if !ok {
		return p
	}
	p.Offence, p.Law = offenceName(ctx, out.Offence.Code), i18n.T(ctx, "law.offence_article", "n", out.Offence.Article)
	if out.Offence.Note != "" {
		p.Note = i18n.T(ctx, out.Offence.Note)
	}
	for _, q := range law.Quantities(out.Offence) {
		f := views.FigureField{Name: string(q), Label: i18n.T(ctx, "law.quantity."+string(q)), Unit: i18n.T(ctx, "threshold.unit."+unitOf(q)), From: from[q], Value: in.values.Get(string(q)), Source: in.values.Get(string(q) + "_source")}
		if known, ok := in.m.Figures[q]; ok {
			f.Value, f.Source = writeFigure(q, known.Value), known.Source
		}
		p.Figures = append(p.Figures, f)
	}
	seen := map[string]bool{}
	for _, e := range law.Elements(out.Offence.Code) {
		if seen[e.Key] {
			continue
		}
		seen[e.Key] = true
		reply := in.m.Answers[e.Key]
		p.Answers = append(p.Answers, views.AnswerField{Name: e.Key, Label: i18n.Pick(ctx, e.Zh, e.En), Role: i18n.T(ctx, "threshold.role."+string(e.Role)), Law: citations(ctx, []string{e.Article}),
			Is: string(reply.Is), Source: reply.Source})
	}
	p.Words, p.Missing = thresholdWords(ctx, out), missingWords(ctx, out.Offence.Code, out.Missing)
	for _, l := range out.Lines {
		p.Lines = append(p.Lines, newHeldRow(ctx, out.Offence.Code, l))
	}
	p.Rate = newRateBlock(ctx, in)
	return p
}

func unitOf(q law.Quantity) string {
	if counted(q) {
		return "count"
	}
	return "yuan"
}

// articleAlone writes which article it is without the name of the law, which the reader finds in the title; the whole citation where
// it names no article.
func articleAlone(ctx context.Context, id string) string {
	whole, _ := firstArticle(ctx, []string{id})
	for _, mark := range []string{"\u300b", ", art"} { // the end of a law's name in Chinese, the beginning of an article in English
		if _, rest, ok := strings.Cut(whole, mark); ok && rest != "" {
			return rest
		}
	}
	return whole
}

func newHeldRow(ctx context.Context, offence string, l law.Held) views.HeldRow {
	row := views.HeldRow{Tier: i18n.T(ctx, "law.tier."+string(l.Tier)), Name: i18n.T(ctx, l.Name), Limit: quantity(ctx, l.Quantity, l.Limit), Have: i18n.Unknown, Beyond: i18n.Unknown,
		State: string(l.Standing), Standing: i18n.T(ctx, "threshold.standing."+string(l.Standing)), Law: citations(ctx, []string{l.Article}), LawShort: articleAlone(ctx, l.Article), Missing: strings.Join(missingWords(ctx, offence, l.Missing), i18n.T(ctx, "clock.listing"))}
	if l.LimitHigh > 0 {
		row.Limit += i18n.T(ctx, "threshold.to") + quantity(ctx, l.Quantity, l.LimitHigh)
	}
	if l.Known {
		row.Have = quantity(ctx, l.Quantity, l.Measured)
		n, sign := l.Beyond, "+"
		if n < 0 {
			n, sign = -n, "\u2212"
		}
		row.Beyond = sign + quantity(ctx, l.Quantity, n)
	}
	if l.Condition != "" {
		row.Condition = i18n.T(ctx, "referral.with_condition", "condition", i18n.T(ctx, l.Condition))
	}
	return row
}

// missingWords names what would decide: a quantity, a circumstance, or a line that the province chooses.
func missingWords(ctx context.Context, offence string, keys []string) []string {
	var list []string
	for _, key := range keys {
		name := ""
		for _, e := range law.Elements(offence) {
			if e.Key == key {
				name = i18n.Pick(ctx, e.Zh, e.En)
			}
		}
		switch {
		case name != "":
		case strings.HasPrefix(key, "law."):
			name = i18n.T(ctx, key)
		default:
			name = i18n.T(ctx, "law.quantity."+key)
		}
		list = append(list, name)
	}
	return list
}

// thresholdWords says what it comes to: support for a decision in whole sentences, never a verdict.
func thresholdWords(ctx context.Context, out law.Outcome) []string {
	words := []string{i18n.T(ctx, "threshold.filing."+string(out.Tiers[law.TierFiling]))}
	for _, tier := range []law.Tier{law.TierSerious, law.TierEspeciallySerious} {
		if out.Tiers[tier] == law.Met {
			words = append(words, i18n.T(ctx, "threshold.graver", "tier", i18n.T(ctx, "law.tier."+string(tier))))
		}
	}
	for _, key := range out.Conduct {
		words = append(words, i18n.T(ctx, "threshold.conduct", "what", missingWords(ctx, out.Offence.Code, []string{key})[0]))
	}
	words = append(words, i18n.T(ctx, "threshold.elements."+string(out.Elements)))
	if out.Excluded == law.Met {
		words = append(words, i18n.T(ctx, "threshold.excluded"))
	}
	if law.Deducts(out.Offence.Code) && out.Counted != nil {
		words = append(words, i18n.T(ctx, "threshold.counted", "amount", i18n.Money(ctx, out.Counted)))
	}
	return words
}

// newRateBlock holds a rate against four times the loan prime rate, where both were given in per cent.
func newRateBlock(ctx context.Context, in thresholdInput) views.RateBlock {
	b := views.RateBlock{Rate: in.values.Get("rate"), LPR: in.values.Get("lpr"), Law: citations(ctx, []string{"PrivLend.25"})}
	rate, errRate := readPercent(b.Rate)
	lpr, errLPR := readPercent(b.LPR)
	if errRate != nil || errLPR != nil || lpr == 0 {
		return b
	}
	ceiling, over := law.RateCeiling(rate, lpr)
	key := "threshold.rate_within"
	if over > 0 {
		key = "threshold.rate_over"
	}
	b.Words = i18n.T(ctx, key, "rate", writePercent(rate), "ceiling", writePercent(ceiling))
	return b
}

// readPercent reads per cent with at most four decimals as millionths.
func readPercent(text string) (int64, error) {
	whole, frac, _ := strings.Cut(strings.TrimSpace(text), ".")
	if len(frac) > 4 || len(whole) > 6 || strings.ContainsAny(text, "+-eE") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseInt(whole+(frac + "0000")[:4], 10, 64)
}

func writePercent(n int64) string {
	text := strconv.FormatInt(n/10_000, 10)
	if rest := n % 10_000; rest > 0 {
		digits := strconv.FormatInt(10_000+rest, 10)[1:]
		text += "." + strings.TrimRight(digits, "0")
	}
	return text + " %"
}
