// Package work joins what stands on one floor: it loads files through ingest into models, and scans what models holds with
// detect. Commands, jobs and handlers call the same functions.
package work

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/proof"
)

// Desk is where the work is done; it is safe for concurrent use.
type Desk struct {
	Store *models.Store
	Rules detect.Rules // that ship with the program; those in force are in the store
	Log   *slog.Logger
	// Places are what connectors may use; without any, none can be set up.
	Places Places

	// Vault is where contents of evidence and dossiers lie; Evidence says what comes in.
	Vault    proof.Vault
	Evidence EvidenceRules
	// Index prints the list of contents of a dossier, as PDF and as a page.
	Index func(ctx context.Context, p models.Paper) (pdf, page []byte, err error)

	Quarantine Quarantine // where samples of files lie; empty where there is none
	// Post mails notices; nil where mail is off.
	Post *Post
	// Graph holds relations and money in memory; nil where nobody asks it.
	Graph *Graph

	book     rulebook
	peers    peerbook
	scanning sync.Mutex // one scan of this process at a time
}

// Progress is told now and then how far a long act is: what is done, of how many where that is known, and what is refused.
type Progress func(done, total, refused int64, took time.Duration)
