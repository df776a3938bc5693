package graph

// Kind is the kind of a relation.
type Kind uint8

// The kinds of relations of the public contract, section 2.
const (
	LegalRepresentative Kind = iota
	Director
	Supervisor
	Manager
	Shareholder
	ActualController
	Branch
	Guarantee
	SameAddress
	SamePhone
	SameDevice
	SameDomain
	Holder
	Kinship
	Other
	SameAs   // decided by a person: both subjects are one
	Imitates // decided by a person: the first passes itself off as the second
	kinds
)

func kindNames() [kinds]string {
	return [kinds]string{"legal_representative", "director", "supervisor", "manager", "shareholder", "actual_controller", "branch",
		"guarantee", "same_address", "same_phone", "same_device", "same_domain", "holder", "kinship", "other", "same_as", "imitates"}
}

// String gives the kind's name of the public contract.
func (k Kind) String() string {
	if k >= kinds {
		return "other"
	}
	return kindNames()[k]
}

// KindOf finds a kind by its name; false for a name that is none.
func KindOf(name string) (Kind, bool) {
	for k, n := range kindNames() {
		if n == name {
			return Kind(k), true
		}
	}
	return Other, false
}

// Kinds lists every kind.
func Kinds() []Kind {
	list := make([]Kind, kinds)
	for i := range list {
		list[i] = Kind(i)
	}
	return list
}

// Shared says whether the relation is an attribute that both ends share, and so has no direction.
func (k Kind) Shared() bool { return k >= SameAddress && k <= SameDomain || k == SameAs }

// KindSet is a set of kinds; the zero set stands for all of them.
type KindSet uint32

// SetOf makes a set.
func SetOf(list ...Kind) KindSet {
	var s KindSet
	for _, k := range list {
		s |= 1 << k
	}
	return s
}

// Has says whether the kind is in the set, or the set is empty.
func (s KindSet) Has(k Kind) bool { return s == 0 || s&(1<<k) != 0 }

// SubjectKind is the kind of a subject.
type SubjectKind uint8

// The kinds of subjects.
const (
	Company SubjectKind = iota
	Person
	AccountHeld
	Institution
	Product
	subjectKinds
)

// String gives the kind's name of the public contract.
func (k SubjectKind) String() string {
	if k >= subjectKinds {
		return ""
	}
	return [subjectKinds]string{"company", "person", "account", "institution", "product"}[k]
}

// SubjectKindOf finds a kind of subject by its name; false for a name that is none.
func SubjectKindOf(name string) (SubjectKind, bool) {
	for k := range subjectKinds {
		if k.String() == name {
			return k, true
		}
	}
	return Company, false
}
