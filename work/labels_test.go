package work

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestForeignLabels(t *testing.T) {
	for _, c := range []struct{ name, kind, body, want string }{
		{"both ends act, once each", "amlsim", "alert_id,alert_type,is_sar,tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp\n7,cycle,True,1,10,11,T,1,x\n7,cycle,True,2,11,10,T,1,x\n8,fan_in,False,3,12,10,T,1,x\n",
			"scheme,typology,subject,is_bad\nAML-7,cycle,account:AML-10,true\nAML-7,cycle,account:AML-11,true\nAML-8,fan_in,account:AML-12,false\nAML-8,fan_in,account:AML-10,false\n"},
		{"a list of mules", "paysim", "CC1\n\nCC2\n", "scheme,typology,subject,is_bad\nPS-CC1,mule,account:PS-CC1,true\nPS-CC2,mule,account:PS-CC2,true\n"},
		{"who receives a fraud", "paysim", "step,action,amount,nameOrig,nameDest,isFraud\n0,TRANSFER,1,C1,CC1,1\n0,CASH_OUT,1,CC1,M1,1\n0,TRANSFER,1,C1,C2,0\n", "scheme,typology,subject,is_bad\nPS-CC1,mule,account:PS-CC1,true\n"},
		{"failed platforms", "p2p", "failed_on,platform,name,region,launched_on,cause\n2019-01-16,P-1,n,r,d,c\n", "scheme,typology,subject,is_bad\nP-1,failed,company:P-1,true\n"},
	} {
		for _, packed := range []bool{false, true} {
			path := filepath.Join(t.TempDir(), "truth")
			body := []byte(c.body)
			if packed {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				if _, err := z.Write(body); err != nil {
					t.Fatal(err)
				}
				if err := z.Close(); err != nil {
					t.Fatal(err)
				}
				body = b.Bytes()
			}
			if err := os.WriteFile(path, body, 0o600); err != nil {
				t.Fatal(err)
			}
			list, err := ForeignLabels(c.kind, []string{path, path})
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			var out bytes.Buffer
			if err := WriteLabels(&out, list); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want {
				t.Errorf("%s: got\n%s", c.name, out.String())
			}
			if back, err := ReadLabels(&out); err != nil || len(back) != len(list) {
				t.Errorf("%s: read back %d of %d: %v", c.name, len(back), len(list), err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "other.csv")
	if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ForeignLabels("amlsim", []string{path}); !errors.Is(err, ErrUnknownTruth) {
		t.Errorf("another file: %v", err)
	}
	if _, err := ForeignLabels("other", []string{path}); !errors.Is(err, ErrUnknownTruth) {
		t.Errorf("another kind: %v", err)
	}
}
