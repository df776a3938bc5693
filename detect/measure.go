package detect

// measure looks at the facts for one indicator; false is "no hit".
type measure func(v *view, ind *compiledIndicator) (hit, bool)

// measureDef is a measure with the parameters it cannot do without.
type measureDef struct {
	run    measure
	params []string
}

// measures is the table of all measures; a rule version names them. A new one is a file and a line here.
func measures() map[string]measureDef {
	return map[string]measureDef{
		"licence_absent":         {licenceAbsent, nil},
		"registration_absent":    {registrationAbsent, nil},
		"prohibited_area":        {prohibitedArea, nil},
		"banned_words":           {bannedWords, nil},
		"address_lost":           {addressLost, []string{"days", "changes", "change_points"}},
		"staff_recruitment":      {staffRecruitment, []string{"days", "staff_max", "jobs_min"}},
		"capital_unpaid":         {capitalUnpaid, []string{"capital_fen"}},
		"representative_changes": {representativeChanges, []string{"days", "changes"}},
		"abnormal_list":          {abnormalList, []string{"days"}},
		"marked_words":           {markedWords, nil},
		"police_filed":           {policeFiled, []string{"days"}},
		"headcount_over":         {headcountOver, []string{"over"}},
		"yield_annual":           {yieldAnnual, nil},
		"yield_short":            {yieldShort, nil},
		"yield_floor":            {yieldFloor, []string{"from"}},
		"complaints":             {complaints, []string{"days", "k", "size"}},
		"publicity":              {publicity, []string{"days"}},
		"investors_band":         {investorsBand, nil},
		"investors_growth":       {investorsGrowth, []string{"days", "floor", "peers_min", "own_min", "z_zero", "z_full", "growth_zero", "growth_full"}},
		"guarantee":              {guarantee, nil},
		"words":                  {words, nil},
		"closing":                {closing, []string{"days"}},
		"leverage":               {leverage, []string{"from"}},
		"levels":                 {levels, []string{"levels", "persons"}},
		"reported":               {reported, []string{"days", "further", "most"}},
		"scheme":                 {scheme, []string{"share"}},
		"ties":                   {ties, []string{"crowd", "punished"}},
		"shells":                 {shells, nil},
		"growth_peers":           {growthPeers, []string{"days", "floor", "peers_min", "own_min", "z_zero", "z_full", "growth_zero", "growth_full"}},
	}
}
