// Package simulate invents a province: companies, people, accounts, money and what is said of them, with labels that tell
// the bad ones. The same options give the same bytes. It writes canonical files and knows nothing of how they are judged:
// no rule, no threshold, no lexicon of the detector.
package simulate
