package rel

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "xzbin")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "xiezhi")
	cmd := exec.Command("go", "build", "-o", bin, "../cmd/xiezhi")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), err
	}
	return bin, nil
})

// TestMain takes the built binary away again.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.Load() {
		if bin, err := build(); err == nil {
			_ = os.RemoveAll(filepath.Dir(bin))
		}
	}
	os.Exit(code)
}

// built says that some test asked for the binary.
var built atomic.Bool

// program gives the built binary, built once for the tests of this package.
func program(t *testing.T) string {
	t.Helper()
	built.Store(true)
	bin, err := build()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, bin)
	}
	return bin
}
