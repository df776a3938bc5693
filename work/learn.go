package work

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"xiezhi/detect"
	"xiezhi/detect/outcome"
	"xiezhi/models"
)

// learnPage is how many alerts are read at a time.
const learnPage = 500

// The units of harm are the amount and the people from which illegal deposit-taking is prosecuted (JI2022 art 3): a million yuan,
// or 150 people. Harm is one plus the greater multiple, at most mostHarm, so that one huge claim does not bury the rest.
const (
	harmFen    = 1_000_000_00
	harmPeople = 150
	mostHarm   = 100
)

// indexInput is the index itself, by which the model falls back to what the rules say.
const indexInput = "index"

// learnInputs lists the index, the number of independent sources, and each indicator of the rules; each can only raise.
func learnInputs(rules detect.Rules) []outcome.Input {
	list := []outcome.Input{{Code: indexInput, Sign: 1}, {Code: "families", Sign: 1}}
	for _, code := range rules.IndicatorCodes() {
		list = append(list, outcome.Input{Code: code, Sign: 1})
	}
	return list
}

// inputsOf measures an assessment: an indicator that did not hit is 0, one that did is one and the logarithm of its number.
func inputsOf(a detect.Assessment, inputs []outcome.Input) []float64 {
	hits := map[string]float64{}
	for _, ind := range a.Indicators {
		hits[ind.Code] = max(hits[ind.Code], 1+math.Log1p(max(0, ind.Value)))
	}
	x := make([]float64, len(inputs))
	for i, in := range inputs {
		switch in.Code {
		case indexInput:
			x[i] = a.Index
		case "families":
			x[i] = float64(len(a.Families))
		default:
			x[i] = hits[in.Code]
		}
	}
	return x
}

// Learned is a fitted model with the figures of its held-out judgement.
type Learned struct {
	Number string        `json:"number,omitempty"`
	Model  outcome.Model `json:"model"`
	Held   outcome.Held  `json:"held"`
	Bad    int           `json:"bad"`
	Good   int           `json:"good"`
}

// Learn fits a model to the alerts whose outcome is known, and to labels of companies where some are given. It fails with
// outcome.ErrTooFew while there are too few.
func (d *Desk) Learn(ctx context.Context, labels []Label) (Learned, error) {
	return d.learn(ctx, labels, func(string, int, int) error { return nil })
}

// learn is Learn, which tells the stage it comes to.
func (d *Desk) learn(ctx context.Context, labels []Label, step func(stage string, done, total int) error) (Learned, error) {
	var out Learned
	rules, err := d.RulesNow(ctx)
	if err != nil {
		return out, err
	}
	inputs := learnInputs(rules)
	samples, err := d.knownSamples(ctx, inputs)
	if err != nil {
		return out, err
	}
	labelled, err := d.labelledSamples(ctx, inputs, labels)
	if err != nil {
		return out, err
	}
	samples = append(samples, labelled...)
	for _, s := range samples {
		if s.Bad {
			out.Bad++
		} else {
			out.Good++
		}
	}
	if err := step("judging", 1, 3); err != nil {
		return out, err
	}
	if out.Held, err = outcome.CrossValidate(inputs, samples); err != nil {
		return out, err
	}
	if err := step("fitting", 2, 3); err != nil {
		return out, err
	}
	out.Model, err = outcome.Fit(inputs, samples)
	return out, err
}

func (d *Desk) knownSamples(ctx context.Context, inputs []outcome.Input) ([]outcome.Sample, error) {
	var samples []outcome.Sample
	after := int64(0)
	for {
		list, err := d.Store.KnownSamples(ctx, after, learnPage)
		if err != nil || len(list) == 0 {
			return samples, err
		}
		for _, k := range list {
			var a detect.Assessment
			if err := json.Unmarshal([]byte(k.Payload), &a); err != nil {
				return nil, fmt.Errorf("read the assessment of alert %d: %w", k.AlertID, err)
			}
			samples = append(samples, outcome.Sample{X: inputsOf(a, inputs), Bad: k.Bad, Group: k.Subject})
		}
		after = list[len(list)-1].AlertID
	}
}

// labelledSamples assesses the labelled companies by the facts known now.
func (d *Desk) labelledSamples(ctx context.Context, inputs []outcome.Input, labels []Label) ([]outcome.Sample, error) {
	bad := map[models.SubjectRef]bool{}
	for _, l := range labels {
		if s := companySubject(l.Subject); l.Known && s != "" {
			ref := models.SubjectRef{Kind: models.KindCompany, ID: s[len(models.KindCompany)+1:]}
			bad[ref] = bad[ref] || l.Bad
		}
	}
	refs := slices.SortedFunc(maps.Keys(bad), func(a, b models.SubjectRef) int { return compareText(a.ID, b.ID) })
	rules, err := d.RulesNow(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := d.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	now := d.Store.Now()
	peers, err := d.PeersAt(ctx, models.Instant{})
	if err != nil {
		return nil, err
	}
	var samples []outcome.Sample
	for part := range slices.Chunk(refs, scanChunk) {
		named, err := d.Store.Names(ctx, models.Within(models.ScopeOf("000000")), part)
		if err != nil {
			return nil, err
		}
		facts, err := d.Store.CompanyFactsBy(ctx, slices.Collect(maps.Values(named)), sources, models.AsOf{ObservedBy: now})
		if err != nil {
			return nil, err
		}
		for _, ref := range part {
			if s, ok := named[ref]; ok && facts[s.ID] != nil {
				a := detect.Assess(*facts[s.ID], peers, rules, now)
				samples = append(samples, outcome.Sample{X: inputsOf(a, inputs), Bad: bad[ref], Group: ref.ID})
			}
		}
	}
	return samples, nil
}

func compareText(a, b string) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

// SaveLearned records a model as a draft that somebody else must approve.
func (d *Desk) SaveLearned(ctx context.Context, actor models.Actor, l Learned) (models.OutcomeModel, error) {
	body, err := json.Marshal(l.Model)
	if err != nil {
		return models.OutcomeModel{}, fmt.Errorf("write learned model: %w", err)
	}
	held, err := json.Marshal(l.Held)
	if err != nil {
		return models.OutcomeModel{}, fmt.Errorf("write learned model: %w", err)
	}
	rules, err := d.RulesNumber(ctx)
	if err != nil {
		return models.OutcomeModel{}, err
	}
	return d.Store.SaveOutcomeModel(ctx, actor, models.OutcomeModel{Body: string(body), HeldOut: string(held), Samples: int64(l.Bad + l.Good), Bad: int64(l.Bad), RuleVersion: rules})
}

// learnedNow gives the model in force; ok is false where there is none.
func (d *Desk) learnedNow(ctx context.Context) (m outcome.Model, number string, ok bool, err error) {
	row, ok, err := d.Store.OutcomeModelNow(ctx)
	if err != nil || !ok {
		return m, "", false, err
	}
	if err := json.Unmarshal([]byte(row.Body), &m); err != nil {
		return m, "", false, fmt.Errorf("read learned model %s: %w", row.Number, err)
	}
	return m, row.Number, true, nil
}

// harmOf is the expected harm of an alert in units of the threshold of prosecution; what is unknown adds nothing.
func harmOf(amountFen, people *int64) float64 {
	top := 0.0
	if amountFen != nil {
		top = max(top, float64(*amountFen)/harmFen)
	}
	if people != nil {
		top = max(top, float64(*people)/harmPeople)
	}
	return 1 + min(mostHarm, top)
}

// RankQueue orders the open alerts by the probability that they are confirmed times the expected harm; without a model in force the
// index stands for the probability. No level changes. It says how many alerts changed their place.
func (d *Desk) RankQueue(ctx context.Context, actor models.Actor) (int, error) {
	return d.rankQueue(ctx, actor, models.Instant{})
}

// rankQueue orders the open alerts that changed at a moment or later, and those that another model ordered.
func (d *Desk) rankQueue(ctx context.Context, actor models.Actor, since models.Instant) (int, error) {
	m, number, ok, err := d.learnedNow(ctx)
	if err != nil {
		return 0, err
	}
	changed, after := 0, int64(0)
	for {
		list, err := d.Store.AlertsToRank(ctx, models.RankAsk{After: after, Since: since, By: number, Payload: ok}, learnPage)
		if err != nil || len(list) == 0 {
			return changed, err
		}
		after = list[len(list)-1].ID
		var moved []models.AlertToRank
		for _, a := range list {
			next := a
			next.Harm, next.Chance, next.RankedBy = harmOf(a.AmountFen, a.People), nil, number
			next.Priority = a.Idx / 100 * next.Harm
			if ok {
				p, _, err := chanceOf(m, a.Payload)
				if err != nil {
					return changed, err
				}
				next.Chance, next.Priority = &p, p*next.Harm
			}
			if next.Priority != a.Priority || next.RankedBy != a.RankedBy || next.Harm != a.Harm {
				moved = append(moved, next)
			}
		}
		if err := d.Store.RankAlerts(ctx, actor, moved); err != nil {
			return changed, err
		}
		changed += len(moved)
	}
}

// ChancePart is what one input adds to the log-odds of being confirmed.
type ChancePart struct {
	Code string
	Adds float64
}

func chanceOf(m outcome.Model, payload string) (float64, []ChancePart, error) {
	var a detect.Assessment
	if err := json.Unmarshal([]byte(payload), &a); err != nil {
		return 0, nil, fmt.Errorf("read assessment: %w", err)
	}
	inputs := make([]outcome.Input, len(m.Parts))
	for i := range m.Parts {
		inputs[i] = m.Parts[i].Input
	}
	p, adds := m.Probability(inputsOf(a, inputs))
	var parts []ChancePart
	for i, v := range adds {
		if v > 0 {
			parts = append(parts, ChancePart{inputs[i].Code, v})
		}
	}
	slices.SortStableFunc(parts, func(a, b ChancePart) int {
		if a.Adds > b.Adds {
			return -1
		}
		if a.Adds < b.Adds {
			return 1
		}
		return compareText(a.Code, b.Code)
	})
	return p, parts, nil
}

// Chance explains an assessment by the model in force: the probability, its parts, strongest first, and the model's number,
// which is empty where none is in force.
func (d *Desk) Chance(ctx context.Context, payload string) (float64, []ChancePart, string, error) {
	m, number, ok, err := d.learnedNow(ctx)
	if err != nil || !ok {
		return 0, nil, "", err
	}
	p, parts, err := chanceOf(m, payload)
	return p, parts, number, err
}
