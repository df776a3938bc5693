# make test runs everything on SQLite and PostgreSQL, browser included; as root on Debian it installs what is missing.
GO ?= go
TOOLS := .tools
# One build for the program, its tests and the linters; nothing here needs cgo.
export CGO_ENABLED := 0

.PHONY: test needs build lint tools generate fuzz clean

test: needs
	XIEZHI_TEST_REQUIRE_ALL=1 $(GO) test -timeout 20m ./...

needs:
	sh .ci/needs

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o xiezhi ./cmd/xiezhi

generate:
	$(GO) tool templ generate

lint: tools
	$(GO) vet ./...
	$(TOOLS)/staticcheck ./...
	$(TOOLS)/golangci-lint run ./...

tools: $(TOOLS)/staticcheck $(TOOLS)/golangci-lint

$(TOOLS)/staticcheck:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install honnef.co/go/tools/cmd/staticcheck@v0.8.2

$(TOOLS)/golangci-lint:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Long evidence runs stand apart from make test: each target for a minute.
fuzz:
	sh .ci/fuzz

clean:
	rm -rf xiezhi $(TOOLS)
