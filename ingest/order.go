package ingest

import (
	"cmp"
	"slices"

	"xiezhi/models"
)

// Order sorts what is loaded in one call into dependency order: what others refer to comes first, and inputs of one
// table keep their order. table says to which table an input goes.
func Order[T any](inputs []T, table func(T) models.Table) {
	rank := map[models.Table]int{}
	for i, t := range models.Tables() {
		rank[t] = i + 1
	}
	slices.SortStableFunc(inputs, func(a, b T) int { return cmp.Compare(rank[table(a)], rank[table(b)]) })
}
