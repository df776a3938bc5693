package models

import "crypto/sha256"

// indexed bounds how many subjects each half of a subjectIndex holds: some 10 MiB for both.
const indexed = 100_000

// subjectIndex remembers the internal keys of subjects during a load, those that were asked for last: by a digest of their kind and
// number, since a text of a row would hold all of the row in memory.
type subjectIndex struct {
	young, old map[[16]byte]int64
	scratch    []byte
}

// id gives the internal key of a subject, 0 where it is not remembered.
func (x *subjectIndex) id(ref SubjectRef) int64 {
	key := x.digest(ref)
	if id, ok := x.young[key]; ok {
		return id
	}
	id, ok := x.old[key]
	if ok {
		x.young[key] = id
	}
	return id
}

// put remembers a subject.
func (x *subjectIndex) put(ref SubjectRef, id int64) { x.young[x.digest(ref)] = id }

// age forgets those that were not asked for since long, when there are too many.
func (x *subjectIndex) age() {
	if x.young == nil || len(x.young) > indexed {
		x.young, x.old = map[[16]byte]int64{}, x.young
	}
}

// forget forgets all: subjects that a transaction made are not there when it was rolled back.
func (x *subjectIndex) forget() { x.young, x.old = map[[16]byte]int64{}, nil }

func (x *subjectIndex) digest(ref SubjectRef) [16]byte {
	x.scratch = append(append(append(x.scratch[:0], ref.Kind...), 0), ref.ID...)
	sum := sha256.Sum256(x.scratch)
	return [16]byte(sum[:16])
}
