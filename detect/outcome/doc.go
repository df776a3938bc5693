// Package outcome estimates how probable it is that a subject turns out bad, from outcomes known of others. The model is additive and
// monotone: each input has a sign fixed by domain, a piecewise-linear part that never runs against it, and an unknown input adds
// nothing. It is fitted by regularised logistic regression with non-negative steps, and calibrated on cross-fitted scores. The same
// samples give the same model.
package outcome
