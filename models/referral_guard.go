package models

import (
	"slices"

	"xiezhi/law"
)

// urgeAfterMonths is how long a filed case may stay without a conclusion before the procuratorate may urge (SPPR2019 564(3)).
const urgeAfterMonths = 3

// barred gives the message key of what stands against a move that state and role allow, empty where nothing does. These are
// the guards that the facts of the referral decide, not what is written in the form.
func barred(r Referral, clocks []Clock, now Instant, event law.Event) string {
	switch event {
	case law.EventReportPoliceOverdue:
		if c, ok := running(clocks, law.ClockPoliceReview); !ok || c.State(now) != law.ClockLate {
			return "error.police_not_overdue"
		}
	case law.EventExtendReview:
		return extensionBarred(r, clocks, now)
	case law.EventUrge:
		if r.FiledAt.IsZero() || now.Time().Before(r.FiledAt.Time().In(China).AddDate(0, urgeAfterMonths, 0)) {
			return "error.urge_early"
		}
	case law.EventCorrect:
		if c, ok := running(clocks, law.ClockFileAsOrdered); !ok || c.State(now) != law.ClockLate {
			return "error.order_not_overdue"
		}
	case law.EventRequestReconsideration:
		if r.RemedyUsed {
			return "error.remedy_used"
		}
	case law.EventReasonsStand, law.EventOrderFiling:
		if r.State == law.StateSupervisionRequested && !r.Explained {
			return "error.not_explained"
		}
	}
	return ""
}

// extensionBarred allows the next line of the review before the running one has passed, up to the last outer line.
func extensionBarred(r Referral, clocks []Clock, now Instant) string {
	c, ok := running(clocks, law.ClockPoliceReview)
	if !ok {
		return "error.extension_late"
	}
	due, err := c.Due()
	if err != nil || int(r.ReviewLine) >= len(due.OuterAt) {
		return "error.extension_used"
	}
	if c.State(now) == law.ClockLate {
		return "error.extension_late"
	}
	return ""
}

// running gives the clock of a name that runs.
func running(clocks []Clock, name law.ClockName) (Clock, bool) {
	i := slices.IndexFunc(clocks, func(c Clock) bool { return c.Name == string(name) && c.EndedAt.IsZero() })
	if i < 0 {
		return Clock{}, false
	}
	return clocks[i], true
}

// changes lists what a move changes of the referral, field by field, with what stood there before.
func (m *referralMove) changes() []map[string]string {
	list := changesOf("state", string(m.r.State), string(m.move.To))
	for _, name := range []string{"facts", "offence", "proposal", "evidence", "item_list", "expert_report"} {
		if after, ok := m.set[name].(string); ok {
			list = append(list, changesOf(name, m.before[name], after)...)
		}
	}
	for _, name := range []string{"amount_fen", "loss_fen"} {
		if after, ok := m.set[name].(*int64); ok {
			list = append(list, changesOf(name, m.before[name], yuan(after))...)
		}
	}
	if after, ok := m.set["people"].(*int64); ok {
		list = append(list, changesOf("people", m.before["people"], number(after))...)
	}
	return list
}

// was keeps what the referral says before a move.
func (r Referral) was() map[string]string {
	return map[string]string{"facts": r.Facts, "offence": r.Offence, "proposal": r.Proposal, "evidence": r.Evidence, "item_list": r.ItemList, "expert_report": r.ExpertReport,
		"amount_fen": yuan(r.AmountFen), "loss_fen": yuan(r.LossFen), "people": number(r.People)}
}
