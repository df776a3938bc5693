package ingest

// record is one record of a source, whatever its format.
type record struct {
	line   int64
	number int64 // of the record among the data records, from 1
	raw    string
	fields []string        // formats with columns
	faults map[int]problem // what is wrong with single cells, by position in fields
	root   any             // JSON: the whole document
	item   any             // JSON: the element that `each` points at, else root
	fault  problem         // why the record could not be taken apart
	column string          // where fault lies, if it lies in one column
}

// source gives records until ok is false; then fail says whether reading broke off.
type source interface {
	next() (record, bool)
	fail() error
}
