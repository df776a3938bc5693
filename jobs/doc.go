// Package jobs is the durable queue: what is enqueued inside a transaction happens once that transaction is committed, also
// when the process is killed in between, and is tried again when it fails. It stands on River, on both databases, through the
// store's own connections. It knows no kind of work: cmd registers them.
package jobs
