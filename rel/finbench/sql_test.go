package finbench

import (
	"fmt"
	"strings"
)

// answer gives the rows of a read by SQL. A loan that payments name and no row tells of has no amount.
func (p *plain) answer(q ask) []string {
	n := p.spans[q.window]
	l := func(kind, as string) string {
		return fmt.Sprintf("(SELECT * FROM leaves WHERE span = %d AND kind = '%s') %s", n, kind, as)
	}
	leaves := func(kind, as string) string { return fmt.Sprintf("%s.span = %d AND %s.kind = '%s'", as, n, as, kind) }
	a, b := p.of(q.a), int64(-1)
	if q.b != "" {
		b = p.of(q.b)
	}
	days := fmt.Sprintf("day >= %d AND day <= %d", q.firstDay(), q.lastDay())
	switch q.read {
	case 1:
		return p.query(1|4, fmt.Sprintf(`SELECT DISTINCT w.a, w.d, s.src FROM (%s) w JOIN bond s ON s.kind = 'signin' AND s.dst = w.a AND s.%s JOIN medium m ON m.id = s.src AND m.blocked = 1`,
			onward(n, fmt.Sprintf("e1.src = %d", a)), strings.Replace(days, "AND day", "AND s.day", 1)))
	case 2:
		return p.query(1, fmt.Sprintf(`WITH upstream AS (%s), lent AS (SELECT DISTINCT u.a, d.src AS loan FROM upstream u JOIN reaches d ON %s AND d.dst = u.a)
			SELECT lent.a, COALESCE(SUM(loan.granted), 0), COALESCE(SUM(loan.owed), 0) FROM lent LEFT JOIN loan ON loan.id = lent.loan GROUP BY lent.a`,
			backward(n, fmt.Sprintf("e1.dst IN (SELECT dst FROM bond WHERE kind = 'own' AND src = %d)", a)), leaves("d", "d")))
	case 3:
		return []string{fmt.Sprint(p.distance(n, a, b))}
	case 4:
		return p.query(1, fmt.Sprintf(`SELECT x.src, x.n, x.s, x.m, y.n, y.s, y.m FROM
			(SELECT src, COUNT(*) AS n, SUM(fen) AS s, MAX(fen) AS m FROM reaches WHERE span = %[1]d AND kind = 't' AND dst = %[2]d GROUP BY src) x JOIN
			(SELECT dst, COUNT(*) AS n, SUM(fen) AS s, MAX(fen) AS m FROM leaves WHERE span = %[1]d AND kind = 't' AND src = %[3]d GROUP BY dst) y ON x.src = y.dst
			WHERE EXISTS (SELECT 1 FROM leaves WHERE span = %[1]d AND kind = 't' AND src = %[2]d AND dst = %[3]d)`, n, a, b))
	case 5:
		return p.query(15, fmt.Sprintf(`WITH own AS (SELECT dst AS a FROM bond WHERE kind = 'own' AND src = %[1]d)
			SELECT DISTINCT e1.src, e1.dst, NULL, NULL FROM own JOIN %[2]s ON e1.src = own.a WHERE e1.src <> e1.dst
			UNION SELECT DISTINCT e1.src, e1.dst, e2.dst, NULL FROM own JOIN %[2]s ON e1.src = own.a JOIN leaves e2 ON %[3]s AND e2.src = e1.dst AND e2.at > e1.at
			WHERE e1.src <> e1.dst AND e2.dst NOT IN (e1.src, e1.dst)
			UNION SELECT DISTINCT e1.src, e1.dst, e2.dst, e3.dst FROM own JOIN %[2]s ON e1.src = own.a JOIN leaves e2 ON %[3]s AND e2.src = e1.dst AND e2.at > e1.at
			JOIN leaves e3 ON %[4]s AND e3.src = e2.dst AND e3.at > e2.at
			WHERE e1.src <> e1.dst AND e2.dst NOT IN (e1.src, e1.dst) AND e3.dst NOT IN (e1.src, e1.dst, e2.dst)`, a, l("t", "e1"), leaves("t", "e2"), leaves("t", "e3")))
	case 6:
		return p.query(1, fmt.Sprintf(`SELECT o.src, i.s, o.s FROM (SELECT src, SUM(fen) AS s FROM reaches WHERE span = %[1]d AND kind = 'w' AND dst = %[2]d AND fen > %[4]d GROUP BY src) o
			JOIN (SELECT dst, SUM(fen) AS s FROM reaches WHERE span = %[1]d AND kind = 't' AND src <> dst AND fen > %[3]d GROUP BY dst HAVING COUNT(*) > 3) i ON i.dst = o.src`, n, a, q.above, q.more))
	case 7:
		return p.query(0, fmt.Sprintf(`SELECT i.n, o.n, CASE WHEN o.s = 0 THEN -1 ELSE (2000 * i.s + o.s) / (2 * o.s) END FROM
			(SELECT COUNT(DISTINCT src) AS n, COALESCE(SUM(fen), 0) AS s FROM reaches WHERE span = %[1]d AND kind = 't' AND dst = %[2]d AND fen > %[3]d) i,
			(SELECT COUNT(DISTINCT dst) AS n, COALESCE(SUM(fen), 0) AS s FROM leaves WHERE span = %[1]d AND kind = 't' AND src = %[2]d AND fen > %[3]d) o`, n, a, q.above))
	case 8:
		return p.query(1, loanTrace(n, a, q.above))
	case 9:
		sum := func(table, kind, end string) string {
			return fmt.Sprintf("(SELECT COALESCE(SUM(fen), 0) AS s FROM %s WHERE span = %d AND kind = '%s' AND %s = %d AND fen > %d)", table, n, kind, end, a, q.above)
		}
		ratio := func(x, y string) string {
			return fmt.Sprintf("CASE WHEN %[2]s.s = 0 THEN -1 ELSE (2000 * %[1]s.s + %[2]s.s) / (2 * %[2]s.s) END", x, y)
		}
		return p.query(0, "SELECT "+ratio("d", "r")+", "+ratio("d", "o")+", "+ratio("i", "o")+" FROM "+sum("reaches", "d", "dst")+" d, "+sum("leaves", "r", "src")+" r, "+
			sum("reaches", "t", "dst")+" i, "+sum("leaves", "t", "src")+" o")
	case 10:
		return p.query(0, fmt.Sprintf(`WITH x AS (SELECT DISTINCT dst FROM bond WHERE kind = 'invest' AND src = %d AND %s), y AS (SELECT DISTINCT dst FROM bond WHERE kind = 'invest' AND src = %d AND %s),
			c AS (SELECT (SELECT COUNT(*) FROM x JOIN y ON x.dst = y.dst) AS both_, (SELECT COUNT(*) FROM (SELECT dst FROM x UNION SELECT dst FROM y)) AS either)
			SELECT CASE WHEN either = 0 THEN 0 ELSE (2000 * both_ + either) / (2 * either) END FROM c`, a, days, b, days))
	case 11:
		return p.guaranteed(a, days)
	default:
		return p.query(1, fmt.Sprintf(`SELECT e.dst, SUM(e.fen) FROM (SELECT DISTINCT dst AS a FROM bond WHERE kind = 'own' AND src = %d) own JOIN leaves e ON %s AND e.src = own.a
			WHERE e.dst IN (SELECT dst FROM bond WHERE kind = 'firm') GROUP BY e.dst`, a, leaves("t", "e")))
	}
}

// onward gives the accounts one to three transfers away in rising order of time, with that number; backward those before.
func onward(n int, start string) string {
	e := func(k int) string { return fmt.Sprintf("e%d.span = %d AND e%d.kind = 't'", k, n, k) }
	return fmt.Sprintf(`SELECT e1.dst AS a, 1 AS d FROM leaves e1 WHERE %[2]s AND %[1]s
		UNION SELECT e2.dst, 2 FROM leaves e1 JOIN leaves e2 ON %[3]s AND e2.src = e1.dst AND e2.at > e1.at WHERE %[2]s AND %[1]s
		UNION SELECT e3.dst, 3 FROM leaves e1 JOIN leaves e2 ON %[3]s AND e2.src = e1.dst AND e2.at > e1.at JOIN leaves e3 ON %[4]s AND e3.src = e2.dst AND e3.at > e2.at WHERE %[2]s AND %[1]s`,
		start, e(1), e(2), e(3))
}

func backward(n int, start string) string {
	e := func(k int) string { return fmt.Sprintf("e%d.span = %d AND e%d.kind = 't'", k, n, k) }
	return fmt.Sprintf(`SELECT e1.src AS a FROM reaches e1 WHERE %[2]s AND %[1]s
		UNION SELECT e2.src FROM reaches e1 JOIN reaches e2 ON %[3]s AND e2.dst = e1.src AND e2.at < e1.at WHERE %[2]s AND %[1]s
		UNION SELECT e3.src FROM reaches e1 JOIN reaches e2 ON %[3]s AND e2.dst = e1.src AND e2.at < e1.at JOIN reaches e3 ON %[4]s AND e3.dst = e2.src AND e3.at < e2.at WHERE %[2]s AND %[1]s`,
		start, e(1), e(2), e(3))
}

// loanTrace builds the eighth read from its four layers.
func loanTrace(n int, loan, least int64) string {
	q := fmt.Sprintf("WITH e1 AS (SELECT id, dst, fen FROM leaves WHERE span = %d AND kind = 'd' AND src = %d), u1 AS (SELECT dst AS a, SUM(fen) AS u FROM e1 GROUP BY dst)", n, loan)
	all := "SELECT id, dst, fen, 1 AS d FROM e1"
	for k := 2; k <= 4; k++ {
		q += fmt.Sprintf(", e%[1]d AS (SELECT o.id, o.dst, o.fen FROM u%[2]d JOIN leaves o ON o.span = %[3]d AND o.kind = 'tw' AND o.src = u%[2]d.a WHERE 1000 * o.fen > %[4]d * u%[2]d.u), "+
			"u%[1]d AS (SELECT dst AS a, SUM(fen) AS u FROM e%[1]d GROUP BY dst)", k, k-1, n, least)
		all += fmt.Sprintf(" UNION ALL SELECT id, dst, fen, %d FROM e%d", k, k)
	}
	return q + fmt.Sprintf(`, edges AS (%s), once AS (SELECT DISTINCT id, dst, fen FROM edges), near AS (SELECT dst, MIN(d) AS d FROM edges GROUP BY dst),
		total AS (SELECT dst, SUM(fen) AS s FROM once GROUP BY dst)
		SELECT total.dst, COALESCE((2000 * total.s + loan.granted) / (2 * NULLIF(loan.granted, 0)), -1), near.d FROM total JOIN near ON near.dst = total.dst LEFT JOIN loan ON loan.id = %d`, all, loan)
}

// distance widens a table of accounts that were seen, layer by layer.
func (p *plain) distance(n int, from, to int64) int {
	if from == to {
		return 0
	}
	p.exec("DELETE FROM seen")
	p.exec("INSERT INTO seen VALUES (?, 0)", from)
	for depth := 0; ; depth++ {
		r, err := p.db.ExecContext(p.t.Context(), fmt.Sprintf(`INSERT INTO seen SELECT DISTINCT e.dst, %[1]d + 1 FROM seen s JOIN leaves e ON e.span = %[2]d AND e.kind = 't' AND e.src = s.id
			WHERE s.depth = %[1]d ON CONFLICT DO NOTHING`, depth, n))
		if err != nil {
			p.t.Fatal(err)
		}
		if len(p.query(0, fmt.Sprintf("SELECT depth FROM seen WHERE id = %d", to))) > 0 {
			return depth + 1
		}
		if added, err := r.RowsAffected(); err != nil || added == 0 {
			return -1
		}
	}
}

func (p *plain) guaranteed(start int64, days string) []string {
	return p.query(0, fmt.Sprintf(`WITH RECURSIVE chain(id) AS (SELECT %[1]d UNION SELECT b.dst FROM chain c JOIN bond b ON b.kind = 'guarantee' AND b.src = c.id AND %[2]s),
		lent AS (SELECT DISTINCT b.dst AS id FROM chain c JOIN bond b ON b.kind = 'borrow' AND b.src = c.id WHERE c.id <> %[1]d)
		SELECT COALESCE(SUM(loan.granted), 0), COUNT(*) FROM lent JOIN loan ON loan.id = lent.id`, start, days))
}
