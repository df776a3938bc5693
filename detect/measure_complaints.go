package detect

import (
	"cmp"
	"math"
	"slices"
	"time"
)

func isComplaint(kind string) bool { return kind == "complaint" || kind == "petition" || kind == "tip" }

// gravity is how many plain complaints one counts for: a petition of many hands, and one that alleges what illegal fundraising
// does to people, may count for more than one about service. It is never below one.
func (v *view) gravity(s *signal, ind *compiledIndicator) float64 {
	w := 1.0
	if s.fact.Row.Kind == "petition" {
		w = max(w, ind.Params["petition"])
	}
	if s.doc >= 0 && ind.Params["alleging"] > 1 && v.alleges(s.doc) {
		w = max(w, ind.Params["alleging"])
	}
	return w
}

// alleges says whether a text quotes a promised return or holds a word of a class that speaks of withheld money or of rewards.
func (v *view) alleges(doc int) bool {
	for _, w := range v.docs[doc].words {
		if v.c.alleging[w.entry.class] {
			return true
		}
	}
	for i := range v.promises {
		if v.promises[i].doc == doc {
			return true
		}
	}
	return false
}

// complaints: complaints, petitions and tips of the days before asOf against the size of the company. Where the rules say how long a
// claim stands ("standing", in days), those that allege withheld money or quote a promise count in their fullest such days within that
// time as well: what was not paid back stays owed when people are tired of writing, while a quarrel about service is over after its days.
func complaints(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{unit: "complaints"}
	now := v.grievances(ind, ind.Params["days"], false)
	best := fullest(v.grievances(ind, ind.Params["standing"], true), int64(ind.Params["days"]*float64(24*time.Hour/time.Microsecond)))
	list, weight := now, weigh(now)
	if old := weigh(best); old > weight {
		list, weight, h.variant = best, old, "standing"
	}
	n := int64(0)
	for _, g := range list {
		n += signalCount(g.signal)
		h.refs = append(h.refs, v.signalRef(g.signal, g.weight))
	}
	if n <= 0 {
		return h, false
	}
	staff, _ := v.insuredStaff()
	h.raw = 100 * -math.Expm1(-weight/(float64(staff.insured)+ind.Params["size"])*ind.Params["k"])
	h.value, h.threshold = float64(n), 1
	h.args = map[string]string{"count": count64(n), "days": number(ind.Params["days"])}
	return h, true
}

// grievance is a complaint, petition or tip, and how many plain complaints it counts for.
type grievance struct {
	signal *signal
	weight float64
}

func weigh(list []grievance) float64 {
	sum := 0.0
	for _, g := range list {
		sum += g.weight
	}
	return sum
}

// grievances gives the complaints of the area within days before asOf; with claims only those that allege withheld money or quote a promise.
func (v *view) grievances(ind *compiledIndicator, days float64, claims bool) []grievance {
	var list []grievance
	from := v.since(days)
	for i := range v.signals {
		s := &v.signals[i]
		if !isComplaint(s.fact.Row.Kind) || s.at < from || !v.here(s.area) || signalCount(s) == 0 {
			continue
		}
		if claims && (s.doc < 0 || !v.alleges(s.doc)) {
			continue
		}
		list = append(list, grievance{s, float64(signalCount(s)) * v.gravity(s, ind)})
	}
	return list
}

// fullest gives the grievances of the window, as long as span, that weighs most; of equals the latest.
func fullest(list []grievance, span int64) []grievance {
	slices.SortStableFunc(list, func(a, b grievance) int { return cmp.Compare(a.signal.at, b.signal.at) })
	first, low, high := 0, 0, 0
	sum, most := 0.0, 0.0
	for i, g := range list {
		for sum += g.weight; g.signal.at-list[first].signal.at > span; first++ {
			sum -= list[first].weight
		}
		if sum >= most {
			most, low, high = sum, first, i+1
		}
	}
	return list[low:high]
}
