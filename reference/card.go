package reference

// CheckLuhn checks a bank card number of ISO/IEC 7812: 11 to 19 digits (a card in use has 16 to 19) with the right check digit at the end. Settlement
// accounts of companies do not follow it: never use it to refuse an account.
func CheckLuhn(s string) error {
	if len(s) < 11 || len(s) > 19 || !allDigits(s) {
		return refuse("reference.card.form")
	}
	sum := 0
	for i := range len(s) {
		digit := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			digit *= 2
			if digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	if sum%10 != 0 {
		return refuse("reference.card.check")
	}
	return nil
}
