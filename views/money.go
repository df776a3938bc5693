package views

import "xiezhi/views/ui"

// MoneyPage is where the money of an account went, or came from.
type MoneyPage struct {
	Frame                     Frame
	Account, Name             string
	From, To, Least           string
	Directions, Methods, Hops []ui.Option
	Wrong                     map[string]string
	MethodNote                string
	GraphURL, CSV, SVG        string
	Sankeys                   []Sankey
	Keep                      Keep
	Rows                      []MoneyRow
	Layers                    []MoneyLayer
	Institutions, Places      []MoneySum
	Accounts, Payments        MoneyPart
	Cut, MoreURL, MoreText    string // says that not the whole trace was followed, and leads to more of it
}

// MoneyPart is what a list says of itself: how many there are in the whole trace, which of them it holds, and the last rows: what is not
// listed and all of it, each a name and its sums. Next and All lead to more; ID is where.
type MoneyPart struct {
	ID, Count, Listed string
	Next, All         GraphLink
	Sums              [][]string
}

// MoneyRow is one payment.
type MoneyRow struct {
	Depth, Day, From, To, Amount, Carried, Transfer string
	At                                              When
}

// MoneyLayer is an account that traced money reached.
type MoneyLayer struct {
	Depth, Name, URL, In, Out, Remaining, Institution, Place string
}

// MoneySum adds accounts up by institution or place.
type MoneySum struct{ Name, Accounts, In, Out, Inside, Remaining string }

// Sankey is a picture of money of one currency from layer to layer; Currency is empty where there is only one.
type Sankey struct {
	Width, Height int
	Label, Note   string
	Currency      string
	Nodes         []SankeyNode
	Links         []SankeyLink
}

// SankeyNode is a bar with its name right of it.
type SankeyNode struct {
	X, Y, W, H  float64
	Name, Value string
}

// SankeyLink is a band between two bars.
type SankeyLink struct{ Path, Title string }

func (n SankeyNode) textX() string { return ui.F(n.X + n.W + 5) }

func (n SankeyNode) textY() string { return ui.F(n.Y + max(n.H/2, 2) + 4) }

// sankeyFileWidth and sankeyFileHeight are the size of pictures one below the other.
func sankeyFileWidth(list []Sankey) int {
	most := 0
	for _, s := range list {
		most = max(most, s.Width)
	}
	return most
}

func sankeyFileHeight(list []Sankey) int {
	sum := 0
	for _, s := range list {
		sum += s.Height
	}
	return sum
}
