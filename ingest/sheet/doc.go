// Package sheet reads the rows of XLSX workbooks one by one, in bounded memory whatever the file claims. It knows nothing of
// facts. The library that writes our workbooks elsewhere gives rows only as formatted text, in which a date has lost its
// kind and a number its digits, or the whole sheet at once; here every cell keeps both, and nothing is held but the row.
package sheet
