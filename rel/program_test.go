package rel

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
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

// program gives the built binary, built once for the tests of this package.
func program(t *testing.T) string {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, bin)
	}
	return bin
}
