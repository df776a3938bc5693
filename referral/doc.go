// Package referral turns what a paper says into the official papers of a referral to the police: a Document of blocks,
// which views render as HTML, and the same blocks as a PDF. The wording stands in papers, the fonts in fonts. Papers are
// Chinese whatever the language of the screen. It reads no clock and no database.
package referral
