// Package migrations holds the schema's twin histories, one per store; both are applied by goose as a library.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql
var sqlite embed.FS

//go:embed postgres/*.sql
var postgres embed.FS

// For gives the migration files of a dialect, "sqlite" or "postgres".
func For(dialect string) (fs.FS, error) {
	if dialect == "postgres" {
		return fs.Sub(postgres, "postgres")
	}
	return fs.Sub(sqlite, "sqlite")
}
