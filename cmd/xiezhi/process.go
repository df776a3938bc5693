package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// headroom is how much garbage may gather beyond as much as is in use, before it is collected while pages are being made.
const headroom = 256 << 20

// forReaders sets the process up to answer readers while it stores and computes, until undo.
//
// Half as many goroutines more run than there are processors: the operating system then divides these every few milliseconds and wakes
// whoever waited, where Go itself lets one that computes go on for ten milliseconds, which is longer than a page takes. Twice as many are
// too many: then it leaves two that compute on one processor for as long as a page takes.
//
// Garbage is collected a few times less often than where as much of it as is in use is the bound, since for the tenth of a second that a
// collection takes it has a part of every processor, and pages take two to five times as long: memory that is never touched, and so takes
// none of the machine's, counts as in use.
//
// An operator's GOMAXPROCS and GOGC count instead.
func forReaders() (undo func()) {
	undo = func() {}
	if os.Getenv("GOMAXPROCS") == "" {
		n := runtime.GOMAXPROCS(0)
		before := runtime.GOMAXPROCS(n + (n+1)/2)
		undo = func() { runtime.GOMAXPROCS(before) }
	}
	if os.Getenv("GOGC") != "" {
		return undo
	}
	untouched, threads := make([]byte, headroom), undo
	return func() {
		runtime.KeepAlive(untouched)
		threads()
	}
}

// leanMemory has garbage collected before memory of Go grows past 128 MiB, for a command that holds little and makes much: with the
// store's pages a load of any size stays within 200 MiB. An operator's GOMEMLIMIT counts instead.
func leanMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(128 << 20)
	}
}
