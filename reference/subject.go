package reference

import "strings"

// The kinds of subject that facts speak about.
const (
	KindCompany     = "company"
	KindPerson      = "person"
	KindAccount     = "account"
	KindInstitution = "institution"
	KindProduct     = "product"
)

// CheckSubjectID checks the identifier of a subject: 1 to 64 of A-Z a-z 0-9 . _ -, and where it has the form of a real
// number, that number's check digit. A person is held to the identity number first, everybody else to the credit code;
// an identifier with both forms needs one of them to be right. An account or a product whose 18 characters are all digits
// is a bank's own number and has no such form. Everything else is accepted as foreign.
func CheckSubjectID(kind, id string) error {
	switch kind {
	case KindCompany, KindPerson, KindAccount, KindInstitution, KindProduct:
	default:
		return refuse("reference.subject.kind")
	}
	if id == "" || len(id) > 64 {
		return refuse("reference.subject.length")
	}
	if !subjectAlphabet(id) {
		return refuse("reference.subject.alphabet")
	}
	if (kind == KindAccount || kind == KindProduct) && allDigits(id) {
		return nil
	}
	checks := []func(string) error{CheckUSCC, CheckIdentityNumber}
	forms := []bool{LooksLikeUSCC(id), identityForm(kind, id)}
	if kind == KindPerson {
		checks[0], checks[1], forms[0], forms[1] = checks[1], checks[0], forms[1], forms[0]
	}
	return firstForm(id, kind, checks, forms)
}

// firstForm holds a company and a person to the first form the identifier has, the other kinds to any of them.
func firstForm(id, kind string, checks []func(string) error, forms []bool) error {
	var first error
	for i, check := range checks {
		if !forms[i] {
			continue
		}
		err := check(id)
		if err == nil || kind == KindCompany || kind == KindPerson {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// identityForm is stricter for what is not a person: there the date must be one, so that foreign numbers pass.
func identityForm(kind, id string) bool {
	return LooksLikeIdentityNumber(id) && (kind == KindPerson || birthDate(id[6:14]))
}

// NormalSubjectID gives a real number written in small letters its one spelling, so that one company is not two subjects.
// Every other identifier is returned as it is.
func NormalSubjectID(kind, id string) string {
	upper := strings.ToUpper(id)
	if upper == id || len(id) != 18 {
		return id
	}
	if CheckUSCC(upper) == nil || kind == KindPerson && CheckIdentityNumber(upper) == nil {
		return upper
	}
	return id
}

func subjectAlphabet(id string) bool {
	for i := range len(id) {
		c := id[i]
		letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
