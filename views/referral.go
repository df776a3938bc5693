package views

func wrongWord(f ActField) string {
	if f.Wrong != "" {
		return "true"
	}
	return "false"
}

// describedBy names the elements that describe a field: its hint and what is wrong with it.
func (f ActField) describedBy() string {
	ids := ""
	if f.Hint != "" {
		ids = f.ID + "-hint"
	}
	if f.Wrong != "" {
		if ids != "" {
			ids += " "
		}
		ids += f.ID + "-wrong"
	}
	return ids
}

// inputType is the type of the field of one line.
func (f ActField) inputType() string {
	if f.Kind == "date" {
		return "date"
	}
	return "text"
}

// Demote takes the mark of the main act from the forms: the page has another one.
func (p ActPanel) Demote() {
	for i := range p.Forms {
		p.Forms[i].Primary = false
	}
}
