package finbench

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"xiezhi/graph"
)

// made is a small world in the form of the example data, from a seed: few accounts and many payments, so that all patterns occur.
type made struct {
	graph.Seed
	a    archive
	live bool // whether what is written belongs to the increments
}

const (
	madePersons, madeCompanies, madeAccounts, madeLoans, madeMedia = 60, 25, 160, 70, 40
	madeStart                                                      = 1_577_836_800_000 // 2020-01-01 UTC, in milliseconds
	madeDays                                                       = 300
)

func madeArchive(seed uint64) archive {
	m := &made{Seed: graph.Seed(seed), a: archive{files: map[string]rows{}}}
	m.snapshot()
	m.live = true
	m.increments()
	return m.a
}

// moment is a time within the year, or after it for the increments, in milliseconds.
func (m *made) moment() int64 {
	at := int64(madeStart) + int64(m.Below(madeDays*86_400))*1000 + int64(m.Below(1000))
	if m.live {
		at += madeDays * 86_400_000
	}
	return at
}

// when writes a moment as the part of the data does.
func (m *made) when(at int64) string {
	if m.live {
		return strconv.FormatInt(at, 10)
	}
	return time.UnixMilli(at).UTC().Format("2006-01-02 15:04:05.000")
}

func (m *made) amount() string {
	return fmt.Sprintf("%d.%06d", m.Below(100_000), m.Below(1_000_000))
}

// file writes n lines; now is the moment of each.
func (m *made) file(name, columns string, n int, line func(i int, now string) string) {
	r := rows{columns: strings.Split(columns, "|")}
	for i := range n {
		r.lines = append(r.lines, strings.Split(line(i, m.when(m.moment())), "|"))
	}
	m.a.names = append(m.a.names, name)
	m.a.files[name] = r
}

// The numbers of things begin apart, so that they are never taken for each other.
func (m *made) person() string  { return strconv.Itoa(1000 + m.Below(madePersons)) }
func (m *made) company() string { return strconv.Itoa(5000 + m.Below(madeCompanies)) }
func (m *made) account() string { return strconv.Itoa(100_000 + m.Skewed(madeAccounts)) }
func (m *made) payee() string   { return strconv.Itoa(100_000 + m.Below(madeAccounts)) }
func (m *made) loan() string    { return strconv.Itoa(700_000 + m.Below(madeLoans)) }
func (m *made) medium() string  { return strconv.Itoa(30_000 + m.Below(madeMedia)) }

func (m *made) snapshot() {
	m.file("Account.csv", "accountId|createTime|isBlocked|accoutType", madeAccounts, func(i int, now string) string {
		return fmt.Sprintf("%d|%s|false|debit card", 100_000+i, now)
	})
	m.file("Company.csv", "companyId|companyName|isBlocked|createTime", madeCompanies, func(i int, now string) string { return fmt.Sprintf("%d|C %d|false|%s", 5000+i, i, now) })
	m.file("Person.csv", "personId|personName|isBlocked|createTime", madePersons, func(i int, now string) string { return fmt.Sprintf("%d|P %d|false|%s", 1000+i, i, now) })
	m.file("Medium.csv", "mediumId|mediumType|isBlocked|createTime", madeMedia, func(i int, now string) string {
		return fmt.Sprintf("%d|PHONE|%v|%s", 30_000+i, i%4 == 0, now)
	})
	m.file("Loan.csv", "loanId|loanAmount|balance|createTime", madeLoans, func(i int, now string) string {
		return fmt.Sprintf("%d|%s|%s|%s", 700_000+i, m.amount(), m.amount(), now)
	})
	m.file("PersonOwnAccount.csv", "personId|accountId|createTime", madeAccounts*2/3, func(i int, now string) string {
		return fmt.Sprintf("%s|%d|%s", m.person(), 100_000+i, now)
	})
	m.file("CompanyOwnAccount.csv", "companyId|accountId|createTime", madeAccounts/3, func(i int, now string) string {
		return fmt.Sprintf("%s|%d|%s", m.company(), 100_000+madeAccounts*2/3+i, now)
	})
	m.file("PersonApplyLoan.csv", "personId|loanId|createTime", madeLoans*2/3, func(i int, now string) string { return fmt.Sprintf("%s|%d|%s", m.person(), 700_000+i, now) })
	m.file("CompanyApplyLoan.csv", "companyId|loanId|createTime", madeLoans/3, func(i int, now string) string {
		return fmt.Sprintf("%s|%d|%s", m.company(), 700_000+madeLoans*2/3+i, now)
	})
	m.file("PersonInvestCompany.csv", "investorId|companyId|ratio|createTime", 260, func(_ int, now string) string { return m.person() + "|" + m.company() + "|0.25|" + now })
	m.file("CompanyInvestCompany.csv", "investorId|companyId|ratio|createTime", 60, func(_ int, now string) string { return m.company() + "|" + m.company() + "|0.25|" + now })
	m.file("PersonGuaranteePerson.csv", "fromId|toId|createTime", 70, func(_ int, now string) string { return m.person() + "|" + m.person() + "|" + now })
	m.file("CompanyGuaranteeCompany.csv", "fromId|toId|createTime", 20, func(_ int, now string) string { return m.company() + "|" + m.company() + "|" + now })
	m.file("MediumSignInAccount.csv", "mediumId|accountId|createTime", 260, func(_ int, now string) string { return m.medium() + "|" + m.payee() + "|" + now })
	pay := func(name, columns string, n int, from, to func() string) {
		m.file(name, columns, n, func(int, string) string { return from() + "|" + to() + "|" + m.amount() + "|" + m.when(m.moment()) })
	}
	pay("AccountTransferAccount.csv", "fromId|toId|amount|createTime", 1300, m.account, m.payee)
	pay("AccountWithdrawAccount.csv", "fromId|toId|amount|createTime", 400, m.payee, m.account)
	pay("LoanDepositAccount.csv", "loanId|accountId|amount|createTime", 220, m.loan, m.payee)
	pay("AccountRepayLoan.csv", "accountId|loanId|amount|createTime", 200, m.payee, m.loan)
}

func (m *made) increments() {
	two := func(name, columns string, n int, from, to func() string) {
		m.file(name, "createTime|dependencyTime|"+columns, n, func(_ int, now string) string { return now + "|0|" + from() + "|" + to() })
	}
	three := func(name, columns string, n int, from, to, more func() string) {
		m.file(name, "createTime|dependencyTime|"+columns, n, func(_ int, now string) string { return now + "|0|" + from() + "|" + to() + "|" + more() })
	}
	order := 0
	three("AddAccountTransferAccountWrite12.csv", "fromId|toId|amount|orderNum|comment|payType|goodsType", 350, m.account, m.payee, func() string {
		order++
		return m.amount() + fmt.Sprintf("|%d|c|p|g", order)
	})
	three("AddAccountWithdrawAccountWrite13.csv", "fromId|toId|amount", 100, m.payee, m.account, m.amount)
	three("AddLoanDepositAccountWrite15.csv", "accountId|loanId|amount", 60, m.payee, m.loan, m.amount)
	three("AddAccountRepayLoanWrite14.csv", "account|loanId|amount", 50, m.payee, m.loan, m.amount)
	three("AddPersonInvestCompanyWrite8.csv", "investorId|companyId|ratio", 50, m.person, m.company, func() string { return "0.1" })
	three("AddCompanyInvestCompanyWrite9.csv", "investorId|companyId|ratio", 10, m.company, m.company, func() string { return "0.1" })
	three("AddPersonGuaranteePersonWrite10.csv", "fromId|toId|relation", 25, m.person, m.person, func() string { return "friends" })
	three("AddCompanyGuaranteeCompanyWrite11.csv", "fromId|toId|relation", 5, m.company, m.company, func() string { return "friends" })
	two("AddMediumSigninAccountWrite16.csv", "mediumId|accountId|location", 60, m.medium, func() string { return m.payee() + "|L" })
	loan := 0
	lent := func() string {
		loan++
		return fmt.Sprintf("%d|%s|%s|u|0.1|o", 700_000+madeLoans+loan, m.amount(), m.amount())
	}
	two("AddPersonApplyLoanWrite6.csv", "personId|loanId|loanAmount|balance|loanUsage|interestRate|org", 12, m.person, lent)
	two("AddCompanyApplyLoanWrite7.csv", "companyId|loanId|loanAmount|balance|loanUsage|interestRate|org", 6, m.company, lent)
	medium := 0
	m.file("AddMediumWrite3.csv", "createTime|dependencyTime|mediumId|mediumType|isBlocked", 6, func(_ int, now string) string {
		medium++
		return fmt.Sprintf("%s|0|%d|WIFI|%v", now, 30_000+madeMedia+medium, medium%2 == 0)
	})
	m.file("DeleteAccountWrite17.csv", "deleteTime|dependentDate|accountId", 12, func(_ int, now string) string { return now + "|0|" + m.payee() })
}
