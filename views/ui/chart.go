package ui

import (
	"fmt"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// SparkPath gives the path of a small line over values between 0 and 100 in a box of 52 by 18, and where it ends. One value has no line, only its end.
func SparkPath(values []float64) (path string, x, y float64) {
	if len(values) == 0 {
		return "", 0, 9
	}
	if len(values) == 1 {
		return "", 6, 16 - 14*min(max(values[0], 0), 100)/100
	}
	var b strings.Builder
	for i, v := range values {
		x = 2 + 46*float64(i)/float64(len(values)-1)
		y = 16 - 14*min(max(v, 0), 100)/100
		cmd := "L"
		if i == 0 {
			cmd = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", cmd, x, y)
	}
	return b.String(), x, y
}

// F writes a coordinate of a server-drawn chart.
func F(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
