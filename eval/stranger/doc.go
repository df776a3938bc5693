// Package stranger makes a province by another hand: a second simulator, written from the public specification alone, without a look at the
// detector, its rules, its words or the first simulator. It exists to show what the detector is worth on wording, amounts and schemes that
// nobody here chose with the detector in mind. It imports nothing of the project and never will.
//
// Write(Config, dir) leaves the canonical files of the contract, labels.csv (with labels-companies.csv and labels-accounts.csv, the same by
// kind of subject) and first.csv (subject, the day of the first incriminating fact). The same Config gives the same bytes.
package stranger
