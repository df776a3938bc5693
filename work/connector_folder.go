package work

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xiezhi/models"
)

// settled is how long a dropped file must have stood unchanged before it is taken: whoever writes it is done then.
const settled = 5 * time.Second

// unfinished are the endings under which programs write files that are not complete.
var unfinished = []string{".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp"}

// runFolder loads the files of a folder that were not taken before, oldest first. Files are never changed, moved or deleted, and
// neither links nor folders are followed.
func (d *Desk) runFolder(ctx context.Context, actor models.Actor, c models.Connector, run *models.ConnectorRun) error {
	folder, ok := d.Places.Folders[c.PlaceName]
	if !ok {
		return errPlace
	}
	files, err := dropped(folder, c.Pattern, time.Now())
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		known, err := d.Store.FileTaken(ctx, c, f)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if err := d.takeDropped(ctx, actor, c, run, folder, f); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func (d *Desk) takeDropped(ctx context.Context, actor models.Actor, c models.Connector, run *models.ConnectorRun, folder string, f models.TakenFile) error {
	whole := filepath.Join(folder, f.Name)
	sum, err := hashFile(whole)
	if err != nil {
		return err
	}
	same := f
	same.SHA256 = sum
	known, err := d.Store.FileTaken(ctx, c, same)
	if err != nil || known {
		return err
	}
	rep, err := d.take(ctx, actor, c, run, whole)
	if err != nil {
		return err
	}
	same.BatchRef = rep.Batch
	return d.Store.TakeFile(ctx, actor, c, same)
}

// dropped lists the regular files of a folder that match the pattern and are complete, oldest first.
func dropped(folder, pattern string, now time.Time) ([]models.TakenFile, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	if pattern == "" {
		pattern = "*"
	}
	var list []models.TakenFile
	for _, e := range entries {
		name := e.Name()
		fits, err := path.Match(pattern, name)
		if err != nil {
			return nil, fmt.Errorf("the pattern %q: %w", pattern, err)
		}
		skip := slices.ContainsFunc(unfinished, func(end string) bool { return strings.HasSuffix(strings.ToLower(name), end) })
		if !fits || skip || strings.HasPrefix(name, ".") || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the folder: %w", err)
		}
		if now.Sub(info.ModTime()) < settled || info.Size() == 0 {
			continue
		}
		list = append(list, models.TakenFile{Name: name, Size: info.Size(), ModifiedAt: models.At(info.ModTime())})
	}
	slices.SortFunc(list, func(a, b models.TakenFile) int {
		if !a.ModifiedAt.Equal(b.ModifiedAt) {
			return a.ModifiedAt.Time().Compare(b.ModifiedAt.Time())
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, nil
}

func hashFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
