package work

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"xiezhi/detect"
	"xiezhi/models"
)

// rulebook keeps compiled rule versions: they never change, so what was compiled once stays right.
type rulebook struct {
	mu   sync.Mutex
	made map[string]detect.Rules // by number
}

// booksKept is how many compiled versions are kept; one is some 100 kB with its lexicon.
const booksKept = 8

func (b *rulebook) of(v models.RuleVersion) (detect.Rules, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, ok := b.made[v.Number]; ok {
		return r, nil
	}
	r, err := detect.ReadRules(v.Number, v.Body)
	if err != nil {
		return r, err
	}
	if b.made == nil || len(b.made) >= booksKept {
		b.made = map[string]detect.Rules{}
	}
	b.made[v.Number] = r
	return r, nil
}

func (b *rulebook) known(number string) (detect.Rules, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.made[number]
	return r, ok
}

// RulesNow gives the rules in force. A store in which none were ever installed is judged by those that ship with the program.
func (d *Desk) RulesNow(ctx context.Context) (detect.Rules, error) {
	number, err := d.Store.RuleMark(ctx)
	if err != nil || number == "" {
		return d.Rules, err
	}
	if r, ok := d.book.known(number); ok {
		return r, nil
	}
	v, err := d.Store.RuleNow(ctx)
	if err != nil {
		return detect.Rules{}, err
	}
	return d.book.of(v)
}

// RulesNumber gives the number of the rules in force.
func (d *Desk) RulesNumber(ctx context.Context) (string, error) {
	number, err := d.Store.RuleMark(ctx)
	return d.OrShipped(number), err
}

// OrShipped gives the number of the version in force, or that of the rules which the program brought where none was stored yet.
func (d *Desk) OrShipped(number string) string {
	if number == "" {
		return d.Rules.Version
	}
	return number
}

// RulesAt gives the rules that were in force at a moment.
func (d *Desk) RulesAt(ctx context.Context, at models.Instant) (detect.Rules, error) {
	v, err := d.Store.RuleAt(ctx, at)
	if models.KindOf(err) == models.KindNotFound {
		return d.Rules, nil
	}
	if err != nil {
		return detect.Rules{}, err
	}
	return d.book.of(v)
}

// RulesOf gives a stored version, compiled.
func (d *Desk) RulesOf(ctx context.Context, number string) (detect.Rules, error) {
	if r, ok := d.book.known(number); ok {
		return r, nil
	}
	v, err := d.Store.RuleText(ctx, number)
	if err != nil {
		return detect.Rules{}, err
	}
	return d.book.of(v)
}

// ReadRulesFrom gives a version by its number, or one that a file holds; for commands.
func (d *Desk) ReadRulesFrom(ctx context.Context, numberOrFile string) (detect.Rules, error) {
	r, err := d.RulesOf(ctx, numberOrFile)
	if models.KindOf(err) != models.KindNotFound {
		return r, err
	}
	f, err := os.Open(numberOrFile)
	if err != nil {
		return r, fmt.Errorf("rules %s: no such version, and no file: %w", numberOrFile, err)
	}
	defer f.Close()
	r, err = detect.LoadRules(f)
	if r.Version == "-" {
		r.Version = strings.TrimSuffix(filepath.Base(numberOrFile), filepath.Ext(numberOrFile))
	}
	return r, err
}

// InstallRules puts the shipped versions into a store that has none.
func (d *Desk) InstallRules(ctx context.Context, actor models.Actor) error {
	if mark, err := d.Store.RuleMark(ctx); err != nil || mark != "" {
		return err
	}
	var list []models.ShippedRules
	for _, number := range append(detect.ShippedBefore(), detect.ShippedVersion) {
		r, err := detect.ShippedRules(number)
		if err != nil {
			return err
		}
		body, err := RulesBody(r)
		if err != nil {
			return err
		}
		list = append(list, models.ShippedRules{Number: number, Body: body})
	}
	return d.Store.InstallRules(ctx, actor, list)
}

// RulesBody writes rules as they are stored: without their number, which is not part of what they say.
func RulesBody(r detect.Rules) (string, error) {
	r.Version = "-"
	return r.Text()
}

// SaveRules checks changed rules and records them as a further version; what is wrong is in detect.ProblemsOf the error.
func (d *Desk) SaveRules(ctx context.Context, actor models.Actor, r detect.Rules, base, note string) (models.RuleVersion, error) {
	r.Version = "-"
	if err := r.Prepare(); err != nil {
		return models.RuleVersion{}, err
	}
	body, err := RulesBody(r)
	if err != nil {
		return models.RuleVersion{}, err
	}
	return d.Store.SaveRules(ctx, actor, models.NewRules{Base: base, Body: body, Note: note})
}
