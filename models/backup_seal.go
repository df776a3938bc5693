package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// sealMark begins the last line of a backup, which holds the SHA-256 of everything before it: neither database notices every
// flipped byte of its own.
const sealMark = "\nxiezhi-backup-sha256 "

const sealSize = int64(len(sealMark) + 2*sha256.Size + 1)

// sealBackup appends the seal to a backup and syncs it.
func sealBackup(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if err == nil {
		_, err = f.WriteString(sealMark + hex.EncodeToString(h.Sum(nil)) + "\n")
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// SealFile appends the seal of a backup to a file and gives it its name, both to last.
func SealFile(part, file string) error {
	if err := sealBackup(part); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return err
	}
	return syncFolder(file)
}

// OpenSealed checks the seal of a file and gives its content. The caller closes the file.
func OpenSealed(path string) (*os.File, io.Reader, error) { return openBackup(path) }

// openBackup checks the seal of a backup and gives its content. The caller closes the file.
func openBackup(path string) (*os.File, io.Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	size, err := checkSeal(f)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("the backup is damaged: %w", err), f.Close())
	}
	return f, io.LimitReader(f, size), nil
}

// checkSeal gives the size of the content and leaves the file at its beginning.
func checkSeal(f *os.File) (int64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size := st.Size() - sealSize
	if size < 0 {
		return 0, errors.New("its end is missing")
	}
	h := sha256.New()
	if _, err := io.CopyN(h, f, size); err != nil {
		return 0, err
	}
	seal, err := io.ReadAll(f)
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(seal, []byte(sealMark)) {
		return 0, errors.New("its end is missing")
	}
	if string(seal) != sealMark+hex.EncodeToString(h.Sum(nil))+"\n" {
		return 0, errors.New("its content is not what was written")
	}
	_, err = f.Seek(0, io.SeekStart)
	return size, err
}

// pgTool finds a program of PostgreSQL on the path, else the newest where Debian puts them.
func pgTool(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return name
	}
	return slices.MaxFunc(found, func(a, b string) int { return pgVersion(a) - pgVersion(b) })
}

func pgVersion(path string) int {
	var v int
	if _, err := fmt.Sscanf(path, "/usr/lib/postgresql/%d/", &v); err != nil {
		return 0
	}
	return v
}

// pgAddress takes the password out of a database address, since every user of the machine sees a command's arguments; it goes
// into the environment instead.
func pgAddress(target string) (string, []string) {
	u, err := url.Parse(target)
	if err != nil || u.User == nil {
		return target, os.Environ()
	}
	env := os.Environ()
	if password, ok := u.User.Password(); ok {
		env = append(env, "PGPASSWORD="+password)
		u.User = url.User(u.User.Username())
	}
	return u.String(), env
}
