// Package detect turns the facts about one company into an assessment: indicators with their evidence, an index of
// 0-100 that is explained by parts which add up, and a level. It is pure: no database, no clock, no randomness; what it
// knows beyond the facts is the rule version, and windows end at the moment it is given.
package detect
