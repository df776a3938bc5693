package graph

import "maps"

// HomeCurrency is what a transfer that names no currency is in.
const HomeCurrency = "CNY"

// Means is in which currency and by which channel a transfer was made. Money of two currencies is never added up.
type Means struct {
	Currency string
	Channel  string
}

// means gives numbers to the few ways in which many transfers were made.
type means struct {
	list  []Means
	index map[Means]uint16
	last  Means // the one asked for last, as it was asked, since transfers come in runs
	at    uint16
	asked bool
}

func newMeans() *means { return &means{index: map[Means]uint16{}} }

func (m *means) grow() *means {
	return &means{list: m.list[:len(m.list):len(m.list)], index: maps.Clone(m.index)}
}

// channelRoom is how many ways are told apart by channel; there are at most 17,576 currencies of three letters, for which there is
// room beyond it.
const channelRoom = 40_000

// number gives the number of a way; where too many are known, of the same currency by no channel.
func (m *means) number(w *Means) uint16 {
	if m.asked && *w == m.last {
		return m.at
	}
	return m.look(*w)
}

// look is number for a way other than the last.
func (m *means) look(w Means) uint16 {
	asked := w
	if w.Currency == "" {
		w.Currency = HomeCurrency
	}
	v, ok := m.index[w]
	if !ok && len(m.list) >= channelRoom {
		w.Channel = ""
		v, ok = m.index[w]
	}
	if !ok {
		v = uint16(len(m.list))
		m.list = append(m.list, w)
		m.index[w] = v
	}
	m.last, m.at, m.asked = asked, v, true
	return v
}

// mask says for each way whether it is wanted; nil where all are.
func (m *means) mask(want func(Means) bool) []bool {
	list, all := make([]bool, len(m.list)), true
	for i, w := range m.list {
		list[i] = want(w)
		all = all && list[i]
	}
	if all {
		return nil
	}
	return list
}

// currencies gives for each way the number of its currency, and the currencies; nil numbers where there is only one.
func (m *means) currencies() (of []uint16, list []string) {
	index := map[string]uint16{}
	of = make([]uint16, len(m.list))
	for i, w := range m.list {
		c, ok := index[w.Currency]
		if !ok {
			c = uint16(len(list))
			index[w.Currency] = c
			list = append(list, w.Currency)
		}
		of[i] = c
	}
	if len(list) < 2 {
		of = nil
	}
	return of, list
}

func (l *Ledger) wayOf(i uint32) uint16 {
	if l.way == nil {
		return 0
	}
	return l.way[i]
}

// Means is how a transfer was made.
func (l *Ledger) Means(i uint32) Means { return l.means.list[l.wayOf(i)] }

// Means is how a transfer was made.
func (f *Flow) Means(m Move) Means { return f.runs[m.run].Means(m.i) }

// inCurrency gives the mask of the transfers in one currency; the empty one stands for HomeCurrency.
func (f *Flow) inCurrency(currency string) []bool {
	if currency == "" {
		currency = HomeCurrency
	}
	return f.means.mask(func(m Means) bool { return m.Currency == currency })
}

// Currencies lists the currencies of all transfers, in the order in which they first came.
func (f *Flow) Currencies() []string {
	_, list := f.means.currencies()
	return list
}

// CurrenciesOf lists, in the order of Currencies, those in which some accounts paid (or with out false, were paid) in the time from
// first to last.
func (f *Flow) CurrenciesOf(set []Account, out bool, first, last int64) []string {
	of, list := f.means.currencies()
	if of == nil {
		return list
	}
	seen := make([]bool, len(list))
	for _, a := range set {
		f.each(a, out, first, last, func(m Move) bool {
			seen[of[f.runs[m.run].wayOf(m.i)]] = true
			return true
		})
	}
	var found []string
	for i, c := range list {
		if seen[i] {
			found = append(found, c)
		}
	}
	return found
}

// eachIn is each for the transfers of a mask; nil takes all.
func (f *Flow) eachIn(mask []bool, a Account, out bool, first, last int64, see func(m Move) bool) {
	if mask == nil {
		f.each(a, out, first, last, see)
		return
	}
	f.each(a, out, first, last, func(m Move) bool { return !mask[f.runs[m.run].wayOf(m.i)] || see(m) })
}
