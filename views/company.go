package views

// The bands behind the trend of an index: a scale of 160 units for 100 points.
var trendBands = []struct {
	level, text string
	y, h        float64
}{{"red", "100", 8, 32}, {"orange", "80", 40, 32}, {"yellow", "60", 72, 32}, {"blue", "40", 104, 32}, {"none", "20", 136, 32}}
