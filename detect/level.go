package detect

// Level is the band of an index.
type Level string

// The levels, worst first.
const (
	LevelRed    Level = "red"
	LevelOrange Level = "orange"
	LevelYellow Level = "yellow"
	LevelBlue   Level = "blue"
	LevelNone   Level = "none"
)

// rank orders levels: red is 5, none is 1, an unknown level is 0.
func (l Level) rank() int {
	switch l {
	case LevelRed:
		return 5
	case LevelOrange:
		return 4
	case LevelYellow:
		return 3
	case LevelBlue:
		return 2
	case LevelNone:
		return 1
	}
	return 0
}

// Worse says whether l is a higher level than m.
func (l Level) Worse(m Level) bool { return l.rank() > m.rank() }

// lower gives the milder of two levels.
func lower(a, b Level) Level {
	if a.Worse(b) {
		return b
	}
	return a
}

// higher gives the worse of two levels.
func higher(a, b Level) Level {
	if a.Worse(b) {
		return a
	}
	return b
}
