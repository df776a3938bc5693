package views

import "xiezhi/views/ui"

// GraphPage is the explorer of relations. The picture, the two lists beside it and what a script makes of them are the same nodes and
// edges.
type GraphPage struct {
	Frame              Frame
	Tabs               []Tab
	Keep               Keep
	Of, From, To, AsOf string
	Ended              bool
	Depth              int
	Depths             []ui.Option
	Open               []string
	Wrong              map[string]string
	Choices            []GraphLink
	Name               string
	ProfileURL         string
	MoneyURL           string
	CSV, SVG           string
	Label              string
	Width, Height      int
	Kinds              []GraphKind
	Nodes              []GraphNode
	Edges              []GraphEdge
	NodeCount          string
	EdgeCount          string
	Cut, MoreURL       string
	Chain              *GraphChain
	Owners             []GraphOwner
	Warnings           []string
	Figures            []GraphFigure
}

// GraphLink leads to a subject that may be meant.
type GraphLink struct{ Name, URL, More string }

// GraphKind is a kind of relations with how many the subject has.
type GraphKind struct {
	Value, Name, Count string
	Chosen             bool
}

// GraphNode is a subject of the picture and of the list beside it. Open expands it, More says by how many relations.
type GraphNode struct {
	Name, Kind, KindName, Level, URL, Open, More, Note string
	X, Y                                               float64
	Root, Chain                                        bool
}

// GraphEdge is a relation of the picture and of the list beside it.
type GraphEdge struct {
	From, To                                            int
	FromName, ToName, Kind, Ratio, Since, Source, Label string
	Directed, Chain                                     bool
	X1, Y1, X2, Y2, LabelX, LabelY                      float64
}

// GraphChain is the shortest chain that was asked for.
type GraphChain struct {
	Text  string
	Steps []GraphChainStep
}

// GraphChainStep is a subject of a chain, with the relation that leads to it; Back says that the relation runs the other way.
type GraphChainStep struct {
	Name, Via string
	Back      bool
}

// GraphOwner is somebody who owns or controls the company in the end.
type GraphOwner struct {
	Name, Share, How     string
	Controls, Beneficial bool
	Chain                []GraphChainStep
}

// GraphFigure is a key figure with its reasons.
type GraphFigure struct{ Name, Score, Reasons string }

// picture is what the script draws, the same as the page shows without it.
type picture struct {
	Nodes []pictureNode `json:"nodes"`
	Edges []pictureEdge `json:"edges"`
}

type pictureNode struct {
	Name  string  `json:"name"`
	Kind  string  `json:"kind"`
	Level string  `json:"level,omitempty"`
	URL   string  `json:"url,omitempty"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Root  bool    `json:"root,omitempty"`
	Chain bool    `json:"chain,omitempty"`
}

type pictureEdge struct {
	From     int    `json:"from"`
	To       int    `json:"to"`
	Label    string `json:"label,omitempty"`
	Directed bool   `json:"directed,omitempty"`
	Chain    bool   `json:"chain,omitempty"`
}

func (p GraphPage) data() picture {
	d := picture{Nodes: make([]pictureNode, 0, len(p.Nodes)), Edges: make([]pictureEdge, 0, len(p.Edges))}
	for _, n := range p.Nodes {
		d.Nodes = append(d.Nodes, pictureNode{n.Name, n.Kind, n.Level, n.URL, n.X, n.Y, n.Root, n.Chain})
	}
	for _, e := range p.Edges {
		d.Edges = append(d.Edges, pictureEdge{e.From, e.To, e.Label, e.Directed, e.Chain})
	}
	return d
}

// nodeIcon is the icon of a kind of subject.
func nodeIcon(kind string) string {
	switch kind {
	case "company":
		return "building"
	case "person":
		return "user"
	case "account":
		return "credit-card"
	case "institution":
		return "building-bank"
	case "product":
		return "package"
	default:
		return "lock"
	}
}

// crowded says whether there are too many nodes for names on all of them.
func (p GraphPage) crowded() bool { return len(p.Nodes) > 120 }

// The lines of the picture as a file: what stands out, and the rest.
const (
	keyStroke, otherStroke = "#0b655d", "#888888"
	keyWidth, otherWidth   = "2.5", "1"
)

func (e GraphEdge) stroke() string {
	if e.Chain {
		return keyStroke
	}
	return otherStroke
}

func (e GraphEdge) strokeWidth() string {
	if e.Chain {
		return keyWidth
	}
	return otherWidth
}

func (n GraphNode) stroke() string {
	if n.Root || n.Chain {
		return keyStroke
	}
	return otherStroke
}

func (n GraphNode) strokeWidth() string {
	if n.Root || n.Chain {
		return keyWidth
	}
	return otherWidth
}
