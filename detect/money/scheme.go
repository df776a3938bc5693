package money

import (
	"math"
	"slices"

	"xiezhi/graph"
)

// Typology is the pattern of a scheme.
type Typology string

// The typologies.
const (
	FanIn         Typology = "fan_in"
	FanOut        Typology = "fan_out"
	ScatterGather Typology = "scatter_gather"
	GatherScatter Typology = "gather_scatter"
	Cycle         Typology = "cycle"
	PassThrough   Typology = "pass_through"
	TestDrain     Typology = "test_drain"
	Dormant       Typology = "dormant"
	Ponzi         Typology = "ponzi"
	Pairing       Typology = "pairing"
	Split         Typology = "split"
	HeadCount     Typology = "head_count"
)

// Role is what a member does in a scheme.
type Role string

// The roles. Victims, customers and ordinary exits are counterparties: they act in no scheme.
const (
	RoleCollector Role = "collector"
	RoleMule      Role = "mule"
	RoleSource    Role = "source"
	RolePayer     Role = "payer"
	RolePayee     Role = "payee"
	RoleInsider   Role = "insider"
	RoleExit      Role = "exit"
	RoleVictim    Role = "victim"
	RoleCustomer  Role = "customer"
)

// Member is an account in a scheme, or beside it where Aside is set. In and Out are the proving transfers' sums in fen.
type Member struct {
	Account graph.Account
	Role    Role
	Aside   bool
	In, Out int64
}

// Part is one reason for the score: its share of the points, the number measured and what it is held against.
type Part struct {
	Code      string  `json:"code"`
	Points    float64 `json:"points"`
	Value     float64 `json:"value"`
	Threshold float64 `json:"threshold"`

	weight, strength float64
}

// Scheme is accounts that move money together in one pattern.
type Scheme struct {
	Typology  Typology
	Also      []Typology // weaker patterns of the same accounts
	Subject   graph.Account
	Members   []Member
	Transfers []uint32 // that prove it, by time, bounded
	Count     int      // proving transfers in all
	Fen       int64    // largest sum that passed one account
	First     int64
	Last      int64
	Score     float64
	Parts     []Part
	Surprise  float64 // powers of ten below one such structure by chance
}

// score gives 100*(1-P(1-w*s)) over the parts and leaves each its share of the logarithm as points, so that they add up.
func score(parts []Part) float64 {
	sum := 0.0
	for i := range parts {
		p := &parts[i]
		p.strength = min(1, max(0, p.strength))
		p.Points = math.Log1p(-p.weight * p.strength)
		sum += p.Points
	}
	if sum == 0 {
		return 0
	}
	total := -100 * math.Expm1(sum)
	for i := range parts {
		parts[i].Points = total * parts[i].Points / sum
	}
	slices.SortStableFunc(parts, func(a, b Part) int {
		switch {
		case a.Points > b.Points:
			return -1
		case a.Points < b.Points:
			return 1
		}
		return 0
	})
	return total
}

// build fills what follows from the proving transfers: sums by member, span, size.
func (f *finder) build(s *Scheme, proof []uint32) {
	slices.Sort(proof)
	proof = slices.Compact(proof)
	at := map[graph.Account]int{}
	for i := range s.Members {
		at[s.Members[i].Account] = i
	}
	for _, i := range proof {
		if m, ok := at[f.From(i)]; ok {
			s.Members[m].Out += f.Fen(i)
		}
		if m, ok := at[f.To(i)]; ok {
			s.Members[m].In += f.Fen(i)
		}
	}
	for i := range s.Members {
		if !s.Members[i].Aside {
			s.Fen = max(s.Fen, s.Members[i].In, s.Members[i].Out)
		}
	}
	s.Count, s.First, s.Last = len(proof), f.At(proof[0]), f.At(proof[len(proof)-1])
	s.Transfers = proof
}
