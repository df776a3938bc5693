package handlers

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
)

//go:embed openapi.yaml
var openAPIText []byte

// openAPI answers with the description of the API; a test holds the real answers against it.
func (a *App) openAPI(c *gin.Context) error {
	c.Data(http.StatusOK, "application/yaml; charset=utf-8", openAPIText)
	return nil
}
