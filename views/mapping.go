package views

import "strconv"

// spanOf gives over how many columns the reason of a refused row goes.
func spanOf(heads []string) string { return strconv.Itoa(max(len(heads), 1)) }

func wordID(column string, i int) string { return "word-" + column + "-" + strconv.Itoa(i) }
