package handlers

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
)

var errSchema = errors.New("the schema is not current")

// health says that the process is up.
func (a *App) health(c *gin.Context) error {
	c.String(http.StatusOK, "ok\n")
	return nil
}

// ready says that the portal can work: the database is reached, its schema current, the audit trail writable.
func (a *App) ready(c *gin.Context) error {
	ctx := c.Request.Context()
	check := func() error {
		have, known, err := a.Store.SchemaVersions(ctx)
		if err != nil {
			return err
		}
		if have != known {
			return errSchema
		}
		return a.Store.AuditWritable(ctx)
	}
	if err := check(); err != nil {
		c.String(http.StatusServiceUnavailable, "not ready\n")
		return nil
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}
