package ingest

// The closed lists of the contract.

func relationKinds() []string {
	return []string{"legal_representative", "director", "supervisor", "manager", "shareholder", "actual_controller",
		"branch", "guarantee", "same_address", "same_phone", "same_device", "same_domain", "holder", "kinship", "other"}
}

func signalKinds() []string {
	return []string{"complaint", "petition", "tip", "judgment", "dishonest_debtor", "penalty", "abnormal_operation",
		"advert", "web_page", "app", "recruitment", "opinion", "lost_contact", "redemption_failure", "inspection",
		"institution_report", "police_feedback"}
}

func licenceKinds() []string {
	return []string{"private_fund_manager", "fund_sales", "micro_loan", "financing_guarantee", "factoring", "leasing",
		"pawn", "payment", "exchange", "insurance", "securities", "futures", "bank", "prepaid_card",
		"elderly_institution", "other"}
}

func riskAreas() []string {
	return []string{"P2P", "WLTH", "PE", "EQCF", "FX", "CMDT", "CRYP", "MLM", "REBT", "PREP", "ELDR", "FACT", "LEAS",
		"MICR", "PAWN", "GUAR", "COOP", "PAYM", "INSR", "ESTT", "AGRI", "FRAU", "OTHR"}
}

func institutionKinds() []string { return []string{"bank", "payment", "clearing", "wallet"} }

func accountClasses() []string {
	return []string{"I", "II", "III", "corporate", "payment", "merchant", "wallet"}
}

func yieldPeriods() []string { return []string{"day", "week", "month", "year"} }

func severities() []string { return []string{"low", "medium", "high"} }
