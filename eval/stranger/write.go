package stranger

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

// table is one canonical file; every row ends with its source and the moment it was seen.
type table struct {
	head []string
	rows [][]string
}

func newTables() map[string]*table {
	heads := map[string]string{
		"companies":    "uscc,name,kind,industry_code,division_code,address,registered_capital,paid_capital,established_on,status,business_scope,website,phone,insured_staff,abnormal_listed_on",
		"persons":      "id,name,division_code,birth_year",
		"institutions": "code,name,kind,division_code",
		"accounts":     "number,institution_code,holder,class,opened_on,status,division_code,phone",
		"licences":     "company,kind,number,issued_by,valid_from,valid_until",
		"products":     "id,company,name,area,promised_yield,yield_period,term_days,investors,raised,guaranteed,channel,url,text",
		"relations":    "from,to,kind,ratio,amount,since_on,until_on",
		"transfers":    "id,from_account,to_account,amount,at,currency,channel,device,ip,memo",
		"signals":      "subject,kind,at,count,amount,text,url,severity,ref",
		"labels":       "scheme,typology,subject,is_bad",
		"first":        "subject,first_on",
	}
	tables := map[string]*table{}
	for name, head := range heads {
		tables[name] = &table{head: strings.Split(head, ",")}
	}
	return tables
}

func plain(name string) bool {
	return name == "labels" || name == "first" || strings.HasPrefix(name, "labels-")
}

// row adds one row as its source saw it at a moment.
func (p *province) row(name, source string, seen time.Time, cells ...string) {
	t := p.tables[name]
	if len(cells) != len(t.head) {
		panic(fmt.Sprintf("%s: %d cells for %d columns", name, len(cells), len(t.head)))
	}
	if !plain(name) {
		cells = append(cells, source, stamp(seen))
	}
	t.rows = append(t.rows, cells)
}

func (p *province) label(scheme, typology, subject, bad string) {
	p.row("labels", "", time.Time{}, scheme, typology, subject, bad)
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }
func day(t time.Time) string   { return t.Format(time.DateOnly) }

// signal adds one signal and gives it a reference of its own.
func (p *province) signal(source, subject, kind string, at time.Time, text string) {
	if at.After(p.Until.AddDate(0, 0, 1)) {
		return
	}
	p.serial++
	p.row("signals", source, at, subject, kind, stamp(at), "", "", text, "", "", fmt.Sprintf("XH-%06d", p.serial))
}

// move is one transfer before it is numbered.
type move struct {
	from, to      string
	fen           int64
	at            time.Time
	channel, memo string
	device, ip    string
}

func (p *province) send(from, to string, yuan float64, at time.Time, channel, memo string) {
	p.sendFrom("", "", from, to, yuan, at, channel, memo)
}

// sendFrom is a transfer sent from a known device and address. Moves beyond the last day did not happen yet.
func (p *province) sendFrom(device, ip, from, to string, yuan float64, at time.Time, channel, memo string) {
	if from == to || yuan < .01 || at.After(p.Until.AddDate(0, 0, 1)) {
		return
	}
	p.moves = append(p.moves, move{from: from, to: to, fen: int64(yuan*100 + .5), at: at, channel: channel, memo: memo, device: device, ip: ip})
}

func (p *province) writeFiles(dir string) error {
	sort.SliceStable(p.moves, func(i, j int) bool { return p.moves[i].at.Before(p.moves[j].at) })
	for i, m := range p.moves {
		amount := strconv.FormatInt(m.fen/100, 10) + fmt.Sprintf(".%02d", m.fen%100)
		p.row("transfers", "BANK", m.at, fmt.Sprintf("LS%08d", i+1), m.from, m.to, amount, stamp(m.at), "CNY", m.channel, m.device, m.ip, m.memo)
	}
	p.splitLabels()
	p.spoil()
	for name, t := range p.tables {
		if err := p.writeTable(filepath.Join(dir, name+".csv"), t, !plain(name)); err != nil {
			return err
		}
	}
	return nil
}

// splitLabels gives the labels of companies and of accounts alone, for measuring one kind of subject at a time.
func (p *province) splitLabels() {
	all := p.tables["labels"]
	for _, kind := range []string{"company", "account"} {
		part := &table{head: all.head}
		for _, row := range all.rows {
			if strings.HasPrefix(row[2], kind+":") {
				part.rows = append(part.rows, row)
			}
		}
		p.tables["labels-"+map[string]string{"company": "companies", "account": "accounts"}[kind]] = part
	}
}

func (p *province) writeTable(path string, t *table, sourced bool) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	head := t.head
	if sourced {
		head = append(append([]string{}, head...), "source", "observed_at")
	}
	w := csv.NewWriter(file)
	if err := w.WriteAll(append([][]string{head}, t.rows...)); err != nil {
		file.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("close %s: %w", path, err)
	}
	return nil
}
