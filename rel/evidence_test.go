package rel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiezhi/models/modelstest"
)

// uploadKills is how often the serving process is killed in the middle of uploads.
const uploadKills = 2

// A process that is killed while evidence comes in leaves no row without its whole file: every row of the database names a content
// that lies there and is what its digest says, every upload that was acknowledged has its row, and the store verifies.
func TestUploadIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the real binary many times")
	}
	bin, dir := program(t), filepath.Join(t.TempDir(), "demo")
	random, acknowledged := rand.New(rand.NewPCG(3, 5)), map[string]bool{}
	cs := ""
	for round := range uploadKills {
		addr := freeAddress(t)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		cmd := exec.CommandContext(ctx, bin, "demo", "--dir", dir, "--addr", addr, "--no-browser")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for !ready(ctx, addr) {
			time.Sleep(50 * time.Millisecond)
		}
		if round == 0 {
			cs = openCase(t, bin, dir, addr)
		}
		u := signIn(t, addr, dir, cs)
		died := make(chan struct{})
		time.AfterFunc(time.Duration(300+random.IntN(900))*time.Millisecond, func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			close(died)
		})
		for n := 0; ; n++ {
			body := []byte(fmt.Sprintf("round %d, upload %d\n", round, n) + strings.Repeat("0123456789abcdef", 1<<15))
			if !u.upload(body) {
				break
			}
			sum := sha256.Sum256(body)
			acknowledged[hex.EncodeToString(sum[:])] = true
		}
		<-died
		cancel()
	}
	db := modelstest.Raw(t, filepath.Join(dir, "xiezhi.db"))
	rows, err := db.Query("SELECT sha256, size FROM evidence")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var sum string
		var size int64
		if err := rows.Scan(&sum, &size); err != nil {
			t.Fatal(err)
		}
		n++
		delete(acknowledged, sum)
		body, err := os.ReadFile(filepath.Join(dir, "vault", sum[:2], sum[2:4], sum))
		if err != nil {
			t.Errorf("a row without its file: %v", err)
			continue
		}
		if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum || int64(len(body)) != size {
			t.Errorf("the content of %s is not whole", sum)
		}
	}
	if err := rows.Err(); err != nil || n == 0 {
		t.Fatalf("%d rows: %v", n, err)
	}
	if len(acknowledged) > 0 {
		t.Errorf("%d acknowledged uploads have no row", len(acknowledged))
	}
	parts := 0
	_ = filepath.WalkDir(filepath.Join(dir, "vault"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			parts++
		}
		return nil
	})
	t.Logf("%d kills, %d pieces, %d files", uploadKills, n, parts)
	verify := exec.Command(bin, "evidence", "verify")
	verify.Env = append(os.Environ(), "XIEZHI_DB="+filepath.Join(dir, "xiezhi.db"), "XIEZHI_DATA_DIR="+dir)
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("evidence verify: %v\n%s", err, out)
	}
}
