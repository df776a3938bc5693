package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"xiezhi/models"
)

// Cells writes a checked row as people read it, column by column of its table: money in yuan, instants in China's zone.
func Cells(row models.Row, columns []CanonicalColumn) []string {
	var content any
	switch row.Table {
	case models.TableCompanies:
		content = row.Company
	case models.TablePersons:
		content = row.Person
	case models.TableInstitutions:
		content = row.Institution
	case models.TableAccounts:
		content = row.Account
	case models.TableLicences:
		content = row.Licence
	case models.TableProducts:
		content = row.Product
	case models.TableRelations:
		content = row.Relation
	case models.TableTransfers:
		content = row.Transfer
	default:
		content = row.Signal
	}
	members := map[string]any{}
	if b, err := json.Marshal(content); err == nil {
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		_ = d.Decode(&members) // what cannot be read back is shown empty
	}
	if !row.ObservedAt.IsZero() {
		members["observed_at"] = row.ObservedAt.Time().Format(time.RFC3339)
	}
	kinds := map[string]valueKind{}
	if plan, ok := plans()[row.Table]; ok {
		for _, c := range plan.columns() {
			kinds[c.name] = c.kind
		}
	}
	cells := make([]string, len(columns))
	for i, c := range columns {
		if v, ok := members[c.Name]; ok && v != nil {
			cells[i] = shown(fmt.Sprint(v), kinds[c.Name])
		}
	}
	return cells
}

func shown(v string, kind valueKind) string {
	switch kind {
	case holdsMoney:
		if d, ok := parseDecimal(v); ok {
			return decimal{d.coef, d.scale + 2}.String()
		}
	case holdsInstant:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return strings.TrimSuffix(t.In(shanghai()).Format(time.DateTime), " 00:00:00")
		}
	}
	return v
}
