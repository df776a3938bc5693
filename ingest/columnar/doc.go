// Package columnar reads flat columns of Parquet files row by row, holding one page of each column that is asked for. It believes
// no size that a file claims before it was measured: a general reader allocates what a footer or a page header says, and nothing
// here may take more memory for a small lie than for a small file.
package columnar
