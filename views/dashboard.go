package views

import "xiezhi/views/ui"

// DashboardPage holds the figures of a division for those who lead there; all of it is counted and written when it comes here.
type DashboardPage struct {
	Frame                Frame
	Place, Span, Counted string
	CSV                  string
	Divisions, Periods   []ui.Option
	Figures              []DashFigure
	Tiles                DashTiles
	Levels               []DashLevelRow
	Trend                DashTrend
	Weeks                []DashWeekRow
	Funnel               DashFunnel
	Precision            DashPrecision
	Clocks               []DashClockRow
	Officers             []DashOfficerRow
}

// DashFigure is one of the numbers on top; How says how it is counted.
type DashFigure struct{ ID, Label, Value, Note, URL, How string }

// DashTiles is the grid of divisions; numbers are in units of its box.
type DashTiles struct {
	Nation                               bool
	Width, Height, TileWidth, TileHeight string
	ShapeX, ShapeY, NameY, ValueY, PartY string
	Tiles                                []DashTile
}

// DashTile is a division: the name, how many red alerts are open, the highest level of which there is any, and the levels' shares. Out
// marks one that is counted nowhere.
type DashTile struct {
	X, Y, Name, Full, Value, Level, URL, Label string
	Out                                        bool
	Parts                                      []DashPart
}

// DashPart is a level's share of a bar.
type DashPart struct{ Level, X, Width string }

// DashLevelRow is a division with its counts: red, orange, yellow, blue and all. URL leads to its own dashboard.
type DashLevelRow struct {
	Name, URL string
	Cells     []DashCell
	Total     bool
}

// DashCell is a count that leads to what it counts.
type DashCell struct{ Text, URL string }

// DashMark is a line of a grid or a word on an axis.
type DashMark struct{ X, Y, Text string }

// DashTrend is the picture of the weeks.
type DashTrend struct {
	Empty       bool
	Grid, Ticks []DashMark
	Lines       []DashLine
	Bars        []DashBars
}

// DashLine is the line of a level, with the shape and the number at its end; Now is its last part, to the week that goes on.
type DashLine struct{ Level, Path, Now, Text, EndY, TextY string }

// DashBars is a row of bars over the weeks.
type DashBars struct {
	Label, Sum, Base, TextY string
	Bars                    []DashBar
}

// DashBar is one bar.
type DashBar struct{ X, Y, Width, Height, Title string }

// DashWeekRow is a week with its counts: red, orange, yellow, blue, opened, referred, filed.
type DashWeekRow struct {
	From    string
	Running bool
	Cells   []string
}

// DashFunnel is the way from signal to filing; Longest words the longest step.
type DashFunnel struct {
	Steps   []DashStep
	Longest string
}

// DashStep is a step of the way.
type DashStep struct{ Name, Count, Share, Days, Fill, Y, TextY, LineY, Width, CountX string }

// DashPrecision is how many of those looked at are confirmed, by falling index, and by level.
type DashPrecision struct {
	Empty                         bool
	Grid, Ticks                   []DashMark
	Path, DotX, DotY, Text, TextY string
	Capacity                      string
	Rows                          []DashOutcomeRow
}

// DashOutcomeRow is what was decided for a level.
type DashOutcomeRow struct{ Level, Confirmed, Unfounded, Other, Share string }

// DashClockRow is how a kind of limit was kept. Bar is the share kept in hundredths, empty where none ended.
type DashClockRow struct {
	Name, Basis, Kept, Late, Running, Overdue, Rate, Bar string
	IsOver                                               bool
	Next                                                 Due
}

// DashOfficerRow is what an officer has in hand.
type DashOfficerRow struct {
	Name, Cases, Alerts, Soon, Late string
	CaseBar, AlertFrom, AlertBar    string
	IsLate                          bool
}
