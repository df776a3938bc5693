package peer_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"xiezhi/graph"
	"xiezhi/models/modelstest"
)

// week is the window in which a ring must close, in microseconds.
const week = int64(7 * 86400 * 1_000_000)

// ringsOfThree counts the rings of three payments as the graph does: each at or after the one before, the first the earliest, all within
// the window, three different accounts. The column w is the week of a payment, by which a hash join narrows what it pairs.
const ringsOfThree = `SELECT count(*) FROM pt x JOIN pt y ON y.a = x.b AND y.at >= x.at AND y.at <= x.at + 604800000000 AND (y.at > x.at OR y.id > x.id) %s
	JOIN pt z ON z.a = y.b AND z.b = x.a AND z.at >= y.at AND z.at <= x.at + 604800000000 AND (z.at > x.at OR z.id > x.id)
	WHERE x.a <> x.b AND y.a <> y.b AND y.b <> x.a`

// TestRingsAgainstDuckDB counts the rings of three payments in a week with ours, DuckDB and PostgreSQL in one run, for each number of
// transfers in XIEZHI_DUCK (such as 100000,1000000,10000000). DuckDB comes from the package registry into a temporary folder by its own
// client, since it needs C; where that cannot be had the test is skipped. All must count the same.
func TestRingsAgainstDuckDB(t *testing.T) {
	if os.Getenv("XIEZHI_DUCK") == "" {
		t.Skip("a measurement: set XIEZHI_DUCK to numbers of transfers, separated by commas")
	}
	dir := t.TempDir()
	if out, err := command(t, dir, "npm", "install", "--no-audit", "--no-fund", "--prefix", dir, "@duckdb/node-api").CombinedOutput(); err != nil {
		t.Skipf("DuckDB cannot be had here: %v %s", err, out)
	}
	for _, text := range strings.Split(os.Getenv("XIEZHI_DUCK"), ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(text, func(t *testing.T) { threeEngines(t, dir, n) })
	}
}

func command(t *testing.T, dir, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	return c
}

func threeEngines(t *testing.T, dir string, n int) {
	transfers := slices.Collect(graph.MadeTransfers(1, n, n/20))
	flow := graph.NewFlow().With(slices.Values(transfers))
	count := 0
	ours := timed(5, func(int) {
		list, _ := flow.Cycles(graph.CycleQuery{Length: 3, Window: week, Last: 1 << 62})
		count = 0
		for _, c := range list {
			if len(c.Moves) == 3 {
				count++
			}
		}
	})
	duck := duckRings(t, dir, transfers)
	conn, err := pgx.Connect(t.Context(), modelstest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	p := &peer{conn, t}
	p.fill(transfers, nil)
	p.exec(`CREATE INDEX ON pt (a, b, at) INCLUDE (id)`)
	p.exec(`VACUUM ANALYZE pt`)
	p.exec(`SET statement_timeout = '120s'`)
	began := time.Now()
	var theirs int
	err = p.QueryRow(t.Context(), fmt.Sprintf(ringsOfThree, "")).Scan(&theirs)
	took := time.Since(began).Round(time.Millisecond)
	if err == nil && theirs != count || duck.Rings != count {
		t.Errorf("%d rings of three, DuckDB %d, PostgreSQL %d", count, duck.Rings, theirs)
	}
	t.Logf("%d transfers, %d rings of three within a week: ours %v; DuckDB %s %.0f ms (plain %.0f, by weeks %.0f; loading %.0f); PostgreSQL %v (%v); DuckDB/ours %.1f", n, count, at(ours, .5).Round(time.Microsecond), duck.Version,
		min(duck.Plain, duck.Weeks), duck.Plain, duck.Weeks, duck.Load, took, err, min(duck.Plain, duck.Weeks)/float64(at(ours, .5).Microseconds())*1000)
}

// duckAnswer is what the script prints; times are in milliseconds, the least of three where the first took at most three seconds.
type duckAnswer struct {
	Version            string
	Rings              int
	Load, Plain, Weeks float64
}

const duckScript = `import { DuckDBInstance } from '@duckdb/node-api';
const c = await (await DuckDBInstance.create(':memory:')).connect();
const one = async (sql) => (await c.runAndReadAll(sql)).getRows()[0][0];
const timed = async (times, f) => { let best = Infinity; for (let i = 0; i < times; i++) { const at = performance.now(); await f(); best = Math.min(best, performance.now() - at); if (best > 3000) break; } return best; };
const [file, plain, weeks] = process.argv.slice(2);
const load = await timed(1, () => c.run("CREATE TABLE pt AS SELECT *, \"at\" // 604800000000 AS w FROM read_csv('" + file + "', header=false, columns={id:'BIGINT',a:'BIGINT',b:'BIGINT','at':'BIGINT'})"));
let rings = 0;
const p = await timed(3, async () => { rings = Number(await one(plain)); });
const w = await timed(3, async () => { if (Number(await one(weeks)) !== rings) throw new Error('the two plans differ'); });
console.log(JSON.stringify({ Version: await one('SELECT version()'), Rings: rings, Load: load, Plain: p, Weeks: w }));
`

func duckRings(t *testing.T, dir string, transfers []graph.Transfer) (a duckAnswer) {
	file, script := filepath.Join(dir, "transfers.csv"), filepath.Join(dir, "rings.mjs")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for _, x := range transfers {
		fmt.Fprintf(w, "%d,%d,%d,%d\n", x.ID, x.From, x.To, x.At)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(script, []byte(duckScript), 0o600); err != nil {
		t.Fatal(err)
	}
	c := command(t, dir, "node", script, file, fmt.Sprintf(ringsOfThree, ""), fmt.Sprintf(ringsOfThree, "AND (y.w = x.w OR y.w = x.w + 1)"))
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	return a
}
