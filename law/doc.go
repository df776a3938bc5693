// Package law holds the law as tables: the moves of a referral to the police, the clocks they start and end, the
// calendar of working days and the arithmetic of due dates, the filing lines of offences, and citations with a one-line
// summary. It is pure: no database, no clock. What it computes supports a decision and is never a verdict. Names, notes
// and conditions are message keys; texts of articles come from a file of the operator (LoadFullTexts).
package law
