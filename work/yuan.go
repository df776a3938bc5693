package work

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ReadYuan reads a decimal amount in yuan with at most two decimals and gives it in fen.
func ReadYuan(text string) (int64, error) {
	whole, part, dot := strings.Cut(strings.TrimSpace(text), ".")
	n, err := strconv.ParseUint(whole, 10, 62)
	if err != nil || n > math.MaxInt64/100-1 || len(part) > 2 || dot && part == "" {
		return 0, errors.New("not an amount in yuan with at most two decimals")
	}
	fen := uint64(0)
	if part != "" {
		if fen, err = strconv.ParseUint((part + "0")[:2], 10, 8); err != nil {
			return 0, errors.New("not an amount in yuan with at most two decimals")
		}
	}
	return int64(n*100 + fen), nil
}
