package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"xiezhi/handlers"
	"xiezhi/models"
)

// apiDocument is the description of the API, read once.
var apiDocument = sync.OnceValues(func() (*openapi3.T, error) {
	text, err := os.ReadFile("../../handlers/openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	openapi3filter.RegisterBodyDecoder("application/pdf", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.FileBodyDecoder)
	return doc, doc.Validate(context.Background(), openapi3.IsOpenAPI31OrLater())
})

var pathParameter = regexp.MustCompile(`:([a-z]+)`)

// TestDocumentCoversTheAPI holds the document against the route table, both ways.
func TestDocumentCoversTheAPI(t *testing.T) {
	doc, err := apiDocument()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("the document is of version %s", doc.OpenAPI)
	}
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	for _, r := range (&handlers.App{Store: &models.Store{}}).Routes() {
		if !strings.HasPrefix(r.Path, "/api/") {
			continue
		}
		key := r.Method + " " + pathParameter.ReplaceAllString(r.Path, "{$1}")
		if !described[key] {
			t.Errorf("the document lacks %s", key)
		}
		delete(described, key)
	}
	for key := range described {
		t.Errorf("the document describes %s, which is no route", key)
	}
}

// operationOf finds the operation of a request: the path with the fewest parameters that fits.
func operationOf(doc *openapi3.T, method, path string) (*routers.Route, map[string]string) {
	var best *routers.Route
	var params map[string]string
	have := strings.Split(path, "/")
	for pattern, item := range doc.Paths.Map() {
		want := strings.Split(pattern, "/")
		op := item.GetOperation(method)
		if len(want) != len(have) || op == nil {
			continue
		}
		found := map[string]string{}
		for i := range want {
			if strings.HasPrefix(want[i], "{") {
				found[strings.Trim(want[i], "{}")] = have[i]
			} else if want[i] != have[i] {
				found = nil
				break
			}
		}
		if found != nil && (best == nil || len(found) < len(params)) {
			best, params = &routers.Route{Spec: doc, Path: pattern, PathItem: item, Method: method, Operation: op}, found
		}
	}
	return best, params
}

// holds fails the test when an answer, or a request that was carried out, is not as the document says.
func holds(t testing.TB, req *http.Request, body string, got reply) {
	t.Helper()
	doc, err := apiDocument()
	if err != nil {
		t.Fatal(err)
	}
	if req.Method == http.MethodHead {
		return
	}
	route, params := operationOf(doc, req.Method, req.URL.Path)
	if route == nil {
		if got.status < 400 {
			t.Errorf("%s %s: %d, and the document has no such operation", req.Method, req.URL.Path, got.status)
		}
		return
	}
	asked := req.Clone(t.Context())
	asked.Body = io.NopCloser(strings.NewReader(body))
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if got.status < 400 {
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			t.Errorf("%s %s was carried out and is not as documented: %v\n%s", req.Method, req.URL.Path, err, body)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.status, Header: got.header, Options: in.Options}
	out.SetBodyBytes(bytes.Clone([]byte(got.body)))
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("the answer to %s %s is not as documented: %v\n%d %.600s", req.Method, req.URL.Path, err, got.status, got.body)
	}
}
