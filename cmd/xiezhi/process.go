package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// sharedThreads lets twice as many goroutines run as there are processors, for a process that answers readers while it stores and computes:
// the operating system then divides the processors between them every few milliseconds and wakes whoever waited. Go itself lets one that
// computes go on for ten milliseconds, which is longer than a page takes. An operator's GOMAXPROCS counts instead. It returns how to undo it.
func sharedThreads() (undo func()) {
	if os.Getenv("GOMAXPROCS") != "" {
		return func() {}
	}
	before := runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	return func() { runtime.GOMAXPROCS(before) }
}

// leanMemory has garbage collected before memory of Go grows past 128 MiB, for a command that holds little and makes much: with the
// store's pages a load of any size stays within 200 MiB. An operator's GOMEMLIMIT counts instead.
func leanMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(128 << 20)
	}
}
