package money

import (
	"math"
	"math/bits"
)

// Stream looks at transfers as they arrive, in order of time, and tells which of the signs of money on the way each of them
// completes. It remembers a week of each account, at most so many transfers each way, and nothing older but when the account was
// last seen; so its memory grows with the accounts and not with the ledger. A hit says where to look first: it raises nothing.
type Stream struct {
	rules  *Rules
	number map[int64]uint32
	state  []recent
	keys   []int64
	slab   []passage
	free   [8][]uint32 // pieces given back, by the logarithm of their size
	begin  int64       // the first second, so that times are small
	hits   []StreamHit
	now    uint32 // seconds of the transfer being looked at
	micro  int64
	steps  int
}

// StreamHit is a sign that a transfer completes: the account, the sign's code, the measured value, when.
type StreamHit struct {
	Account int64 // the store's key
	Code    string
	Value   float64
	At      int64
}

// streamWindow is how long a transfer is remembered, streamSide how many of an account each way: one with more in a week is a
// trade, whose single transfers say nothing.
const (
	streamDay    = 86400 // seconds
	streamWindow = 7 * streamDay
	streamSide   = 64
	streamRing   = 5   // transfers of a ring, at most
	streamSteps  = 200 // of one search for a ring
)

// passage is a transfer as one of its ends remembers it. at is in seconds of the stream's own count, so that a passage is small.
type passage struct {
	other uint32
	at    uint32
	fen   int64
}

// side is a ring of the newest passages one way: a piece of the stream's slab. It holds no pointer, so that nothing of the many
// accounts has to be looked at when garbage is collected.
type side struct {
	base  uint32
	size  uint8
	first uint8
	n     uint8
}

// recent is what is remembered of an account, on one line of the cache.
type recent struct {
	in, out     side
	last        uint32 // when it was last seen, 0 never
	wokeAt      uint32 // when it moved after a long silence
	wokeSilence uint32
	wokeN       uint32
	wokeFen     int64
	told        [streamSigns]uint32 // when a sign was last told: once in a window is enough
}

const (
	toldFan = iota
	toldPass
	toldWake
	toldTest
	toldRing
	streamSigns
)

// get gives the i-th passage of a side, the oldest first.
func (s *Stream) get(x *side, i int) *passage {
	return &s.slab[x.base+uint32(x.first+uint8(i))&uint32(x.size-1)]
}

// put forgets what is older than the window and remembers one more.
func (s *Stream) put(x *side, p passage) {
	for x.n > 0 && p.at-s.get(x, 0).at > streamWindow {
		x.drop()
	}
	if x.n == streamSide {
		x.drop()
	}
	if x.n == x.size {
		s.grow(x)
	}
	x.n++
	*s.get(x, int(x.n)-1) = p
}

func (x *side) drop() {
	x.first = (x.first + 1) & (x.size - 1)
	x.n--
}

// grow gives a side a piece of twice the size.
func (s *Stream) grow(x *side) {
	size := max(4, 2*x.size)
	class := bits.TrailingZeros8(size)
	var base uint32
	if list := s.free[class]; len(list) > 0 {
		base, s.free[class] = list[len(list)-1], list[:len(list)-1]
	} else {
		base = uint32(len(s.slab))
		s.slab = append(s.slab, make([]passage, size)...)
	}
	for i := range int(x.n) {
		s.slab[base+uint32(i)] = *s.get(x, i)
	}
	if x.size > 0 {
		old := bits.TrailingZeros8(x.size)
		s.free[old] = append(s.free[old], x.base)
	}
	x.base, x.size, x.first = base, size, 0
}

// NewStream gives a stream that knows nothing yet.
func NewStream(r *Rules) *Stream {
	return &Stream{rules: r, number: map[int64]uint32{}}
}

// Accounts says how many accounts it has seen.
func (s *Stream) Accounts() int { return len(s.keys) }

func (s *Stream) of(key int64) uint32 {
	n, ok := s.number[key]
	if !ok {
		n = uint32(len(s.keys))
		s.number[key] = n
		s.keys = append(s.keys, key)
		s.state = append(s.state, recent{})
	}
	return n
}

// Take looks at one transfer, by accounts' keys, and gives the signs it completes; the list is valid until the next call. Transfers
// must come by rising time; one that comes late is looked at as if it came with the one before it.
func (s *Stream) Take(from, to, fen, micro int64) []StreamHit {
	s.hits = s.hits[:0]
	if from == to {
		return nil
	}
	if s.begin == 0 {
		s.begin = micro/1e6 - 1
	}
	at := max(s.now, uint32(min(max(micro/1e6-s.begin, 1), math.MaxUint32)))
	s.now, s.micro = at, micro
	a, b := s.of(from), s.of(to)
	s.put(&s.state[a].out, passage{b, at, fen})
	s.put(&s.state[b].in, passage{a, at, fen})
	s.wake(a, fen, at)
	s.wake(b, fen, at)
	s.fan(a, at, &s.state[a].out, &s.state[a].in)
	s.fan(b, at, &s.state[b].in, &s.state[b].out)
	s.pass(a, at)
	s.tested(a, b, fen, at)
	s.ring(a, b, at)
	return s.hits
}

// tell notes a sign once in a window.
func (s *Stream) tell(a uint32, sign int, code string, value float64) {
	if s.wasTold(a, sign) {
		return
	}
	s.state[a].told[sign] = s.now
	s.hits = append(s.hits, StreamHit{Account: s.keys[a], Code: code, Value: value, At: s.micro})
}

func (s *Stream) wasTold(a uint32, sign int) bool {
	told := s.state[a].told[sign]
	return told != 0 && s.now-told <= streamWindow
}

// fan: FLOW-01, many others on one side within a day and few on the other.
func (s *Stream) fan(a, at uint32, many, few *side) {
	least := s.rules.Signs20.Fan
	if int(many.n) < least || at-s.get(many, int(many.n)-least).at > streamDay || s.wasTold(a, toldFan) {
		return
	}
	n := s.distinct(many, at)
	if n >= least && s.distinct(few, at) <= s.rules.Signs20.FewEnds {
		s.tell(a, toldFan, "FLOW-01", float64(n))
	}
}

// distinct counts the other ends of the last day; the window is short, so that looking back is cheaper than a table.
func (s *Stream) distinct(x *side, at uint32) int {
	n := 0
	for i := int(x.n) - 1; i >= 0; i-- {
		p := s.get(x, i)
		if at-p.at > streamDay {
			break
		}
		known := false
		for j := i + 1; j < int(x.n) && !known; j++ {
			known = s.get(x, j).other == p.other
		}
		if !known {
			n++
		}
	}
	return n
}

// within sums the passages of the last seconds.
func (s *Stream) within(x *side, at, span uint32) (fen int64) {
	for i := int(x.n) - 1; i >= 0; i-- {
		p := s.get(x, i)
		if at-p.at > span {
			break
		}
		fen += p.fen
	}
	return fen
}

// pass: FLOW-02, what came within the hours of the rules has left again but for the fee.
func (s *Stream) pass(a, at uint32) {
	st := &s.state[a]
	if st.in.n == 0 || s.wasTold(a, toldPass) {
		return
	}
	span := uint32(s.rules.Pass.Hours * 3600)
	in := s.within(&st.in, at, span)
	if in == 0 {
		return
	}
	if share := float64(s.within(&st.out, at, span)) / float64(in); share >= s.rules.Pass.Share && share <= s.rules.Pass.Over {
		s.tell(a, toldPass, "FLOW-02", share)
	}
}

// wake: FLOW-04, silent for long and then much at once.
func (s *Stream) wake(a uint32, fen int64, at uint32) {
	st, r := &s.state[a], &s.rules.Signs20
	if silent := at - st.last; st.last != 0 && float64(silent) >= r.SilentDays*streamDay {
		st.wokeAt, st.wokeSilence, st.wokeFen, st.wokeN = at, silent, 0, 0
	}
	st.last = at
	if st.wokeAt == 0 {
		return
	}
	if at-st.wokeAt > 3*streamDay {
		st.wokeAt = 0
		return
	}
	st.wokeFen, st.wokeN = st.wokeFen+fen, st.wokeN+1
	if st.wokeFen >= r.WakeFen || int(st.wokeN) >= r.WakeTransfers {
		s.tell(a, toldWake, "FLOW-04", float64(st.wokeSilence)/streamDay)
	}
}

// tested: FLOW-07, a payment much larger than a tiny one to the same account within the hour before.
func (s *Stream) tested(a, b uint32, fen int64, at uint32) {
	r := &s.rules.Signs20
	if float64(fen) < r.TestTimes {
		return
	}
	out := &s.state[a].out
	for i := int(out.n) - 2; i >= 0; i-- {
		p := s.get(out, i)
		if at-p.at > 3600 {
			return
		}
		if p.other == b && p.fen > 0 && p.fen <= r.TestFen && float64(fen) >= r.TestTimes*float64(p.fen) {
			s.tell(a, toldTest, "FLOW-07", float64(fen)/float64(p.fen))
			return
		}
	}
}

// ring: FLOW-13, the payer's money came, step by step and in order of time, from whom it pays now.
func (s *Stream) ring(a, b, at uint32) {
	if s.state[a].in.n == 0 || s.state[b].out.n == 0 {
		return
	}
	s.steps = 0
	if n := s.back(a, b, at, 1); n > 0 {
		s.tell(b, toldRing, "FLOW-13", float64(n))
	}
}

// back goes against the money from an account to the goal; it gives the length of the ring, 0 where there is none.
func (s *Stream) back(a, goal, before uint32, depth int) int {
	in := &s.state[a].in
	if int(in.n) > s.rules.Cycle.Degree {
		return 0
	}
	for i := int(in.n) - 1; i >= 0; i-- {
		p := s.get(in, i)
		if p.at >= before {
			continue
		}
		if s.steps++; s.steps > streamSteps || s.now-p.at > streamWindow {
			return 0
		}
		if p.other == goal {
			return depth + 1
		}
		if depth+1 < streamRing {
			if n := s.back(p.other, goal, p.at, depth+1); n > 0 {
				return n
			}
		}
	}
	return 0
}
