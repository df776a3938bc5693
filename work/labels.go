package work

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// ErrUnknownTruth is returned where the kind of a foreign ground truth, or the file, is not one that is known.
var ErrUnknownTruth = errors.New("the ground truth is not known")

// truthReaders read foreign ground truths, by the name of the generator. IDs are those of the shipped mappings.
var truthReaders = map[string]func(*bufio.Reader) ([]Label, error){"amlsim": amlsimTruth, "paysim": paysimTruth, "p2p": p2pTruth}

// TruthKinds lists the foreign ground truths that can be read.
func TruthKinds() []string {
	var list []string
	for name := range truthReaders {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// ForeignLabels reads foreign ground truth files (plain or gzip): of amlsim alert_transactions.csv, whose both ends act; of
// paysim the list of mule accounts or rawLog.csv, where who receives a fraudulent transfer is a mule; of p2p failures.csv.
// Equal lines are given once, in the order of the files.
func ForeignLabels(kind string, paths []string) ([]Label, error) {
	read, ok := truthReaders[kind]
	if !ok {
		return nil, fmt.Errorf("%w: --from %q; there are %s", ErrUnknownTruth, kind, strings.Join(TruthKinds(), ", "))
	}
	var out []Label
	seen := map[Label]bool{}
	for _, path := range paths {
		list, err := readTruthFile(path, read)
		if err != nil {
			return nil, fmt.Errorf("labels of %s: %w", path, err)
		}
		for _, l := range list {
			if !seen[l] {
				seen[l] = true
				out = append(out, l)
			}
		}
	}
	return out, nil
}

func readTruthFile(path string, read func(*bufio.Reader) ([]Label, error)) ([]Label, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	if magic, err := in.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		in = bufio.NewReaderSize(z, 1<<16)
	}
	return read(in)
}

// WriteLabels writes labels in the form of the public contract.
func WriteLabels(w io.Writer, list []Label) error {
	out := csv.NewWriter(w)
	rows := make([][]string, 0, len(list)+1)
	rows = append(rows, []string{"scheme", "typology", "subject", "is_bad"})
	for _, l := range list {
		bad := "unknown"
		if l.Known {
			bad = fmt.Sprint(l.Bad)
		}
		rows = append(rows, []string{l.Scheme, l.Typology, l.Subject, bad})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write labels: %w", err)
	}
	return nil
}

// named reads a file with a header row by row; each needs the columns.
func named(in io.Reader, columns []string, each func(value func(column string) string) error) error {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("read the header: %w", err)
	}
	at := map[string]int{}
	for i, name := range header {
		at[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, c := range columns {
		if _, ok := at[c]; !ok {
			return fmt.Errorf("%w: column %s is missing", ErrUnknownTruth, c)
		}
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a row: %w", err)
		}
		if err := each(func(c string) string { return strings.Clone(row[at[c]]) }); err != nil {
			return err
		}
	}
}

func amlsimTruth(in *bufio.Reader) ([]Label, error) {
	var out []Label
	err := named(in, []string{"alert_id", "alert_type", "is_sar", "orig_acct", "bene_acct"}, func(value func(string) string) error {
		for _, end := range []string{"orig_acct", "bene_acct"} {
			out = append(out, Label{Scheme: "AML-" + value("alert_id"), Typology: value("alert_type"), Subject: "account:AML-" + value(end),
				Bad: strings.EqualFold(value("is_sar"), "true"), Known: true})
		}
		return nil
	})
	return out, err
}

func paysimTruth(in *bufio.Reader) ([]Label, error) {
	mule := func(id string) Label {
		return Label{Scheme: "PS-" + id, Typology: "mule", Subject: "account:PS-" + id, Bad: true, Known: true}
	}
	head, err := in.Peek(min(in.Buffered(), 64))
	if err != nil || len(head) == 0 {
		if head, err = in.Peek(8); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	var out []Label
	if strings.Contains(string(head), ",") {
		err := named(in, []string{"action", "nameDest", "isFraud"}, func(value func(string) string) error {
			if value("action") == "TRANSFER" && value("isFraud") == "1" {
				out = append(out, mule(value("nameDest")))
			}
			return nil
		})
		return out, err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if id := strings.TrimSpace(lines.Text()); id != "" {
			out = append(out, mule(id))
		}
	}
	return out, lines.Err()
}

func p2pTruth(in *bufio.Reader) ([]Label, error) {
	var out []Label
	err := named(in, []string{"platform", "cause"}, func(value func(string) string) error {
		id := value("platform")
		out = append(out, Label{Scheme: id, Typology: "failed", Subject: "company:" + id, Bad: true, Known: true})
		return nil
	})
	return out, err
}
