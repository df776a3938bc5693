package proof

import (
	"bytes"
	"io"
)

// InMemory is the Content of a text.
func InMemory(text []byte) Content {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
}

// InVault is the Content of a file of the vault.
func (v Vault) InVault(sha256 string) Content {
	return func() (io.ReadCloser, error) { return v.Open(sha256) }
}
