package money

// passes finds money that does not stay.
func (f *finder) passes() []Scheme { return nil }
