package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"xiezhi/detect/money"
)

// The rule versions that ship with the program: ShippedVersion is in force after an installation, the others came before it and are
// kept so that what they said can be computed again.
const (
	ShippedVersion = "2026.11.6"
	shippedFifth   = "2026.11.5"
	shippedFourth  = "2026.11.4"
	shippedThird   = "2026.11.3"
	shippedSecond  = "2026.11.2"
	shippedFirst   = "2026.11.1"
)

// ShippedBefore lists the earlier shipped versions, oldest first.
func ShippedBefore() []string {
	return []string{shippedFirst, shippedSecond, shippedThird, shippedFourth, shippedFifth}
}

// DefaultRules gives the rule version that ships with the program. It fails only when the embedded files are broken.
func DefaultRules() (Rules, error) { return ShippedRules(ShippedVersion) }

// ShippedRules gives a shipped rule version by its number.
func ShippedRules(version string) (Rules, error) {
	f, err := embedded.Open("rules/" + version + ".yaml")
	if err != nil {
		return Rules{}, fmt.Errorf("open the embedded rules: %w", err)
	}
	defer f.Close()
	return LoadRules(f)
}

// maxRules is how large the text of a rule version may be.
const maxRules = 1 << 20

// LoadRules reads, checks and compiles a rule version. It refuses unknown fields, unknown measures, dimensions, areas
// and classes, weights outside 0-0.99, missing parameters and conditions that do not compile; what is wrong, by field, is in
// ProblemsOf the error.
func LoadRules(r io.Reader) (Rules, error) {
	var rules Rules
	dec := yaml.NewDecoder(io.LimitReader(r, maxRules))
	dec.KnownFields(true)
	if err := dec.Decode(&rules); err != nil {
		return Rules{}, fmt.Errorf("read rules: %w", err)
	}
	if name, ok := strings.CutPrefix(rules.Words, embeddedWords); ok {
		text, err := embedded.ReadFile(name)
		if err != nil {
			return Rules{}, fmt.Errorf("rules %s: words: %w", rules.Version, err)
		}
		rules.Words = string(text)
	}
	if rules.Money == nil {
		var err error
		if rules.Money, err = shippedMoney(rules.Version); err != nil {
			return Rules{}, fmt.Errorf("rules %s: %w", rules.Version, err)
		}
	}
	return rules, rules.Prepare()
}

// ReadRules reads the text of a stored version under its number.
func ReadRules(number, body string) (Rules, error) {
	rules, err := LoadRules(strings.NewReader(body))
	rules.Version = number
	return rules, err
}

// embeddedWords marks, in a version that ships with the program, the file that holds its words.
const embeddedWords = "embedded:"

// lexicon reads the words of the version. A version without words of its own reads texts by those that 2026.11.1 to 2026.11.3 had.
func (r *Rules) lexicon() (*lexicon, error) {
	if r.Words != "" {
		lx, err := loadLexicon(strings.NewReader(r.Words))
		if err != nil {
			var p Problems
			p.add("words", "rules.wrong.words", "why", err.Error())
			return nil, p
		}
		return lx, nil
	}
	f, err := embedded.Open("lexicon.csv")
	if err != nil {
		return nil, fmt.Errorf("open the embedded lexicon: %w", err)
	}
	defer f.Close()
	return loadLexicon(f)
}

// Prepare checks and compiles rules whose data was set or changed.
func (r *Rules) Prepare() error {
	lx, err := r.lexicon()
	if err != nil {
		return fmt.Errorf("rules %s: %w", r.Version, err)
	}
	if wrong := r.check(lx); len(wrong) > 0 {
		return fmt.Errorf("rules %s: %w", r.Version, wrong)
	}
	r.compile(lx)
	return nil
}

// Text writes the rules, the money patterns included, as one document that reads back equal. The number stands in its first line.
func (r Rules) Text() (string, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(r); err != nil {
		return "", fmt.Errorf("write rules %s: %w", r.Version, err)
	}
	return b.String(), enc.Close()
}

// Digest is the SHA-256 of all that a version says but its number: two versions of one digest decide alike.
func (r Rules) Digest() (string, error) {
	r.Version = "-"
	text, err := r.Text()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), nil
}

// EngineDigest is the SHA-256 of what decides beside the rules: the lexicon of the
// first versions and the messages of reasons that ship with the program; a later version's words are part of its own digest.
func EngineDigest() (string, error) {
	h := sha256.New()
	for _, name := range []string{"lexicon.csv", "messages.csv"} {
		b, err := embedded.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read the embedded %s: %w", name, err)
		}
		_, _ = h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// shippedMoney reads the money patterns that ship with a version, or those of the first versions where it has none of its own.
func shippedMoney(version string) (*money.Rules, error) {
	name := "rules/money-2026.11.1.yaml"
	if version == ShippedVersion || version == shippedFourth {
		name = "rules/money-" + version + ".yaml"
	}
	f, err := embedded.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the embedded money rules: %w", err)
	}
	defer f.Close()
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	var m money.Rules
	if err := dec.Decode(&m); err != nil {
		return nil, fmt.Errorf("read money rules: %w", err)
	}
	return &m, nil
}
