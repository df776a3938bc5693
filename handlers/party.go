package handlers

import (
	"context"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
)

// partyName names whom an alert, a case or a referral is about. Companies are named openly; of a person the family name shows,
// of an account the end of its number.
func partyName(ctx context.Context, kind models.SubjectKind, name, key string) string {
	switch kind {
	case models.KindAccount:
		return i18n.T(ctx, "party.account", "number", reference.MaskAccount(key))
	case models.KindPerson:
		return reference.MaskName(subjectName(name, key))
	default:
		return subjectName(name, key)
	}
}

// partyCode gives the code under which a party is known, masked where it is personal.
func partyCode(kind models.SubjectKind, key string) string {
	switch kind {
	case models.KindAccount:
		return reference.MaskAccount(key)
	case models.KindPerson:
		return reference.MaskIdentity(key)
	default:
		return key
	}
}

// partyURL leads to the page of a party, and is empty for those who may not read it there.
func partyURL(actor models.Actor, kind models.SubjectKind, key string, ref *string, place models.Place) string {
	sub := models.Subject{Ref: ref, Place: place}
	switch kind {
	case models.KindAccount:
		return personURL(actor, models.ActAccountRead, "/accounts/", sub)
	case models.KindPerson:
		return personURL(actor, models.ActPersonRead, "/persons/", sub)
	default:
		return "/companies/" + key
	}
}

// partyWritten gives a party as the API writes it: a person or an account by its public number, since the other is personal.
func partyWritten(kind models.SubjectKind, key string, ref *string) string {
	if ref != nil && (kind == models.KindAccount || kind == models.KindPerson) {
		return string(kind) + ":" + *ref
	}
	if kind == "" {
		kind = models.KindCompany
	}
	return string(kind) + ":" + key
}
