package finbench

import (
	"database/sql"
	"fmt"
	"math/big"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"xiezhi/models/modelstest"
)

// plain is the data as tables that a program without any graph would make of the files: pay, bond, loan, medium, with numbers for keys.
type plain struct {
	t      testing.TB
	db     *sql.DB
	number map[string]int64
	keys   []string
	paid   map[string]bool // payments by what tells them apart
	spans  map[window]int
	twice  int
	next   int64 // the number of the next payment
}

const plainTables = `
CREATE TABLE pay (id INTEGER PRIMARY KEY, kind TEXT, src INTEGER, dst INTEGER, fen INTEGER, at INTEGER);
CREATE TABLE bond (kind TEXT, src INTEGER, dst INTEGER, day INTEGER);
CREATE INDEX bond_src ON bond (kind, src); CREATE INDEX bond_dst ON bond (kind, dst);
CREATE TABLE loan (id INTEGER PRIMARY KEY, granted INTEGER, owed INTEGER);
CREATE TABLE medium (id INTEGER PRIMARY KEY, blocked INTEGER);
CREATE TABLE gone (id INTEGER PRIMARY KEY);
CREATE TABLE leaves (span INTEGER, kind TEXT, id INTEGER, src INTEGER, dst INTEGER, fen INTEGER, at INTEGER);
CREATE TABLE reaches (span INTEGER, kind TEXT, id INTEGER, src INTEGER, dst INTEGER, fen INTEGER, at INTEGER);
CREATE INDEX leaves_src ON leaves (span, kind, src); CREATE INDEX reaches_dst ON reaches (span, kind, dst);
CREATE TABLE seen (id INTEGER PRIMARY KEY, depth INTEGER);`

func newPlain(t testing.TB) *plain {
	p := &plain{t: t, db: modelstest.Raw(t, filepath.Join(t.TempDir(), "plain.db")), number: map[string]int64{}, paid: map[string]bool{}, spans: map[window]int{}}
	p.db.SetMaxOpenConns(1)
	p.exec("PRAGMA synchronous = OFF")
	p.exec("PRAGMA journal_mode = MEMORY")
	for _, s := range strings.Split(strings.TrimSuffix(plainTables, ";"), ";") {
		p.exec(s)
	}
	return p
}

func (p *plain) exec(query string, args ...any) {
	p.t.Helper()
	if _, err := p.db.ExecContext(p.t.Context(), query, args...); err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
}

// query gives each row as a line, with the columns named as keys written as the keys they stand for.
func (p *plain) query(keys int, query string) []string {
	p.t.Helper()
	found, err := p.db.QueryContext(p.t.Context(), query)
	if err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		p.t.Fatal(err)
	}
	var list []string
	cells, into := make([]sql.NullInt64, len(columns)), make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			p.t.Fatal(err)
		}
		var line []string
		for i, c := range cells {
			switch {
			case !c.Valid:
			case keys&(1<<i) != 0:
				line = append(line, p.keys[c.Int64])
			default:
				line = append(line, strconv.FormatInt(c.Int64, 10))
			}
		}
		list = append(list, strings.Join(line, " "))
	}
	if found.Err() != nil {
		p.t.Fatal(found.Err())
	}
	return list
}

func (p *plain) of(key string) int64 {
	n, ok := p.number[key]
	if !ok {
		n = int64(len(p.keys))
		p.number[key] = n
		p.keys = append(p.keys, key)
	}
	return n
}

// fenOf rounds an amount of currency units half to even, from its decimal text, without floating point.
func fenOf(text string) int64 {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("amount " + text)
	}
	r.Mul(r, big.NewRat(100, 1))
	q, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	twice := new(big.Int).Lsh(rest, 1)
	if c := twice.Cmp(r.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q.Int64()
}

func microOf(text string) int64 {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n * 1000
	}
	at, err := time.Parse("2006-01-02 15:04:05.999", text)
	if err != nil {
		panic(err)
	}
	return at.UnixMicro()
}

func dayOf(text string) int64 { return microOf(text) / 86_400_000_000 }

// The keys of things, as the shipped mappings write them.
func accountKey(id string) string { return "account:FB-" + id }
func loanKey(id string) string    { return "account:FB-L-" + id }
func mediumKey(id string) string  { return "account:FB-M-" + id }
func personKey(id string) string  { return "person:FB-" + id }
func companyKey(id string) string { return "company:FB-" + id }

// plainFile says what a file holds: payments or bonds with the columns of both ends and what makes their keys.
type plainFile struct {
	pattern, kind, from, to string
	fromKey, toKey          func(string) string
}

var payFiles = []plainFile{
	{"AccountTransferAccount.csv", "t", "fromId", "toId", accountKey, accountKey},
	{"AccountWithdrawAccount.csv", "w", "fromId", "toId", accountKey, accountKey},
	{"LoanDepositAccount.csv", "d", "loanId", "accountId", loanKey, accountKey},
	{"AccountRepayLoan.csv", "r", "accountId", "loanId", accountKey, loanKey},
	{"AddAccountTransferAccount*.csv", "t", "fromId", "toId", accountKey, accountKey},
	{"AddAccountWithdrawAccountWrite*.csv", "w", "fromId", "toId", accountKey, accountKey},
	{"AddLoanDepositAccountWrite*.csv", "d", "loanId", "accountId", loanKey, accountKey},
	{"AddAccountRepayLoanWrite*.csv", "r", "account", "loanId", accountKey, loanKey},
}

var bondFiles = []plainFile{
	{"PersonOwnAccount.csv", "own", "personId", "accountId", personKey, accountKey},
	{"CompanyOwnAccount.csv", "firm", "companyId", "accountId", companyKey, accountKey},
	{"PersonInvestCompany.csv", "invest", "investorId", "companyId", personKey, companyKey},
	{"AddPersonInvestCompanyWrite*.csv", "invest", "investorId", "companyId", personKey, companyKey},
	{"PersonGuaranteePerson.csv", "guarantee", "fromId", "toId", personKey, personKey},
	{"AddPersonGuaranteePerson*Write*.csv", "guarantee", "fromId", "toId", personKey, personKey},
	{"PersonApplyLoan.csv", "borrow", "personId", "loanId", personKey, loanKey},
	{"AddPersonApplyLoanWrite*.csv", "borrow", "personId", "loanId", personKey, loanKey},
	{"MediumSignInAccount.csv", "signin", "mediumId", "accountId", mediumKey, accountKey},
	{"AddMediumSigninAccountWrite*.csv", "signin", "mediumId", "accountId", mediumKey, accountKey},
}

// load takes in the files of the snapshot, or of the increments, and makes the lists of all spans anew.
func (p *plain) load(a archive, part *stage) {
	p.exec("BEGIN")
	each := func(pattern string, see func(get func(string) string)) {
		if !part.holds(pattern) {
			return
		}
		for _, name := range a.names {
			if ok, _ := filepath.Match(pattern, name); ok {
				a.files[name].each(see)
			}
		}
	}
	for _, f := range payFiles {
		each(f.pattern, func(get func(string) string) { p.pay(f, get) })
	}
	for _, f := range bondFiles {
		each(f.pattern, func(get func(string) string) {
			p.exec("INSERT INTO bond VALUES (?, ?, ?, ?)", f.kind, p.of(f.fromKey(get(f.from))), p.of(f.toKey(get(f.to))), dayOf(get("createTime")))
		})
	}
	for _, pattern := range []string{"Loan.csv", "AddPersonApplyLoanWrite*.csv", "AddCompanyApplyLoanWrite*.csv"} {
		each(pattern, func(get func(string) string) {
			p.exec("INSERT INTO loan VALUES (?, ?, ?)", p.of(loanKey(get("loanId"))), fenOf(get("loanAmount")), fenOf(get("balance")))
		})
	}
	for _, pattern := range []string{"Medium.csv", "AddMediumWrite*.csv"} {
		each(pattern, func(get func(string) string) {
			p.exec("INSERT INTO medium VALUES (?, ?)", p.of(mediumKey(get("mediumId"))), get("isBlocked") == "true")
		})
	}
	each("DeleteAccountWrite*.csv", func(get func(string) string) {
		p.exec("INSERT INTO gone VALUES (?) ON CONFLICT DO NOTHING", p.of(accountKey(get("accountId"))))
	})
	p.exec("DELETE FROM bond WHERE src IN (SELECT id FROM gone) OR dst IN (SELECT id FROM gone)")
	p.exec("DELETE FROM pay WHERE src IN (SELECT id FROM gone) OR dst IN (SELECT id FROM gone)")
	p.exec("DELETE FROM leaves")
	p.exec("DELETE FROM reaches")
	p.spans = map[window]int{}
	p.exec("COMMIT")
	p.exec("ANALYZE")
}

func (p *plain) pay(f plainFile, get func(string) string) {
	from, to, at := get(f.from), get(f.to), get("createTime")
	same := strings.Join([]string{f.kind, from, to, get("amount"), at}, "|")
	if f.pattern == "AddAccountTransferAccount*.csv" {
		same += "|" + get("orderNum")
	}
	if p.paid[same] {
		p.twice++
		return
	}
	p.paid[same] = true
	p.next++
	p.exec("INSERT INTO pay VALUES (?, ?, ?, ?, ?, ?)", p.next, f.kind, p.of(f.fromKey(from)), p.of(f.toKey(to)), fenOf(get("amount")), microOf(at))
}

// cut makes the lists of a span: for each account the payments of a kind, or of transfers and withdrawals together, the first most of
// them in the order of the span. It gives the span's number.
func (p *plain) cut(w window) int {
	if n, ok := p.spans[w]; ok {
		return n
	}
	n := len(p.spans) + 1
	p.spans[w] = n
	order := []string{"at DESC, id", "at, id", "fen DESC, at, id", "fen, at, id"}[w.order]
	most := int64(w.most)
	if most == 0 {
		most = 1 << 40
	}
	for table, end := range map[string]string{"leaves": "src", "reaches": "dst"} {
		for _, kinds := range []string{"'t'", "'w'", "'d'", "'r'", "'t','w'"} {
			p.exec(fmt.Sprintf(`INSERT INTO %s SELECT %d, '%s', id, src, dst, fen, at FROM (
				SELECT id, src, dst, fen, at, ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s) AS place FROM pay WHERE kind IN (%s) AND at >= %d AND at <= %d) x
				WHERE place <= %d`, table, n, strings.NewReplacer("'", "", ",", "").Replace(kinds), end, order, kinds, w.first, w.last, most))
		}
	}
	return n
}
