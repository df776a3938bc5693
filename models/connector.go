package models

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"
)

// ConnectorKind is how a connector gets at what it loads.
type ConnectorKind string

// A connector watches a folder into which files are dropped, or asks a database a query.
const (
	ConnectorFolder ConnectorKind = "folder"
	ConnectorQuery  ConnectorKind = "query"
)

// Connector loads what a source offers, by itself and again and again. PlaceName is the name that the operator gave a folder or
// a database; addresses and passwords are never stored here. Watermark is the largest value of WatermarkColumn that is loaded.
type Connector struct {
	ID              int64 `gorm:"primaryKey"`
	Ref             string
	Name            string
	Kind            ConnectorKind
	PlaceName       string
	Pattern         string
	Query           string
	WatermarkColumn string
	Watermark       string
	Source          string
	Table           Table `gorm:"column:table_name"`
	Mapping         string
	Place           `gorm:"embedded"`
	EveryMinutes    int64
	Paused          bool
	CreatedBy       string
	CreatedAt       Instant
	NextAt          Instant
	Version         int64
}

// TableName keeps the column Table from confusing gorm.
func (Connector) TableName() string { return "connectors" }

// ConnectorRun is one go of a connector.
type ConnectorRun struct {
	ID          int64 `gorm:"primaryKey"`
	ConnectorID int64
	StartedAt   Instant
	FinishedAt  Instant
	Status      string // running, done, empty, failed
	Files       int64
	Accepted    int64
	Unchanged   int64
	Refused     int64
	BatchRef    string
	Shape       string
	Watermark   string
	ErrorKey    string
}

// ConnectorLine is a connector with its newest run; the run's ID is 0 where there is none.
type ConnectorLine struct {
	Connector
	Last ConnectorRun
}

// NewConnector is what a steward says of a new connector, or of a change of one.
type NewConnector struct {
	Name            string
	Kind            ConnectorKind
	PlaceName       string
	Pattern         string
	Query           string
	WatermarkColumn string
	Source          string
	Table           Table
	Mapping         string
	Division        string
	EveryMinutes    int64
}

var (
	columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)
	sourceCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)
	oneSelect  = regexp.MustCompile(`(?is)^\s*(select|with)\b[^;]*$`)
)

// check finds what is wrong with a connector, by field; known says which folders or databases the operator named.
func (n NewConnector) check(known []string) map[string]string {
	wrong := map[string]string{}
	checkNote(wrong, "name", n.Name, 2)
	if len([]rune(n.Name)) > 80 {
		wrong["name"] = "error.too_long"
	}
	found := false
	for _, k := range known {
		found = found || k == n.PlaceName
	}
	if !found {
		wrong["place_name"] = "error.connector_place"
	}
	if !sourceCode.MatchString(n.Source) {
		wrong["source"] = "error.source_code"
	}
	if n.EveryMinutes < 1 || n.EveryMinutes > 44640 {
		wrong["every_minutes"] = "error.connector_every"
	}
	if n.Table != "" && !knownTable(n.Table) {
		wrong["table"] = "error.table_unknown"
	}
	switch n.Kind {
	case ConnectorFolder:
		checkNote(wrong, "pattern", n.Pattern, 0)
	case ConnectorQuery:
		checkNote(wrong, "query", n.Query, 1)
		if !oneSelect.MatchString(n.Query) {
			wrong["query"] = "error.connector_query"
		}
		if n.WatermarkColumn != "" && !columnName.MatchString(n.WatermarkColumn) {
			wrong["watermark_column"] = "error.column_name"
		}
		if n.Table == "" && n.Mapping == "" {
			wrong["table"] = "error.connector_table"
		}
	default:
		wrong["kind"] = "error.required"
	}
	return wrong
}

func knownTable(t Table) bool {
	for _, k := range Tables() {
		if k == t {
			return true
		}
	}
	return false
}

// Connectors lists the connectors in the actor's scope by name, with their newest runs.
func (s *Store) Connectors(ctx context.Context, actor Actor) ([]ConnectorLine, error) {
	var list []Connector
	if err := scoped(s.read(ctx), actor.Scope(ActSourceRead), "").Order("name, id").Limit(500).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list connectors: %w", err)
	}
	out := make([]ConnectorLine, len(list))
	ids := make([]int64, len(list))
	for i, c := range list {
		out[i].Connector, ids[i] = c, c.ID
	}
	var runs []ConnectorRun
	newest := s.read(ctx).Table("connector_runs").Select("MAX(id)").Where("connector_id IN ?", ids).Group("connector_id")
	if err := s.read(ctx).Where("id IN (?)", newest).Find(&runs).Error; err != nil {
		return nil, fmt.Errorf("list the last runs: %w", err)
	}
	for _, r := range runs {
		for i := range out {
			if out[i].ID == r.ConnectorID {
				out[i].Last = r
			}
		}
	}
	return out, nil
}

// Connector gives a connector in the actor's scope with its newest runs.
func (s *Store) Connector(ctx context.Context, actor Actor, ref string) (Connector, []ConnectorRun, error) {
	var c Connector
	err := scoped(s.read(ctx), actor.Scope(ActSourceRead), "").Where("ref = ?", ref).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, nil, NotFound("connector")
	}
	if err != nil {
		return c, nil, fmt.Errorf("connector %s: %w", ref, err)
	}
	var runs []ConnectorRun
	if err := s.read(ctx).Where("connector_id = ?", c.ID).Order("id DESC").Limit(50).Find(&runs).Error; err != nil {
		return c, nil, fmt.Errorf("runs of connector %s: %w", ref, err)
	}
	return c, runs, nil
}

// DueConnectors lists the refs of connectors whose time has come.
func (s *Store) DueConnectors(ctx context.Context) ([]string, error) {
	var refs []string
	err := s.read(ctx).Table("connectors").Select("ref").Where("NOT paused AND next_at <= ?", s.Now()).Order("next_at, id").Limit(100).Scan(&refs).Error
	if err != nil {
		return nil, fmt.Errorf("list due connectors: %w", err)
	}
	return refs, nil
}

// FileTaken says whether a folder's file was taken before: one of the same name, size and time, or of the same content where
// that is known already.
func (s *Store) FileTaken(ctx context.Context, c Connector, f TakenFile) (bool, error) {
	q := s.read(ctx).Table("connector_files").Where("connector_id = ?", c.ID)
	if f.SHA256 != "" {
		q = q.Where("sha256 = ?", f.SHA256)
	} else {
		q = q.Where("name = ? AND size = ? AND modified_at = ?", f.Name, f.Size, f.ModifiedAt)
	}
	var n int64
	if err := q.Count(&n).Error; err != nil {
		return false, fmt.Errorf("connector %s: look %s up: %w", c.Ref, f.Name, err)
	}
	return n > 0, nil
}

// TakenFile is a file of a folder as it was when it was taken.
type TakenFile struct {
	Name       string
	Size       int64
	ModifiedAt Instant
	SHA256     string
	BatchRef   string
}

func (n NewConnector) trimmed() NewConnector {
	n.Name, n.Pattern, n.Query = strings.TrimSpace(n.Name), strings.TrimSpace(n.Pattern), strings.TrimSpace(n.Query)
	n.Source, n.WatermarkColumn = strings.TrimSpace(n.Source), strings.TrimSpace(n.WatermarkColumn)
	return n
}
