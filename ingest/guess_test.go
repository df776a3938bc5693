package ingest

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"xiezhi/models"
)

func sampleOf(t testing.TB, path string, opts SampleOptions) *Sample {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Sample(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is written is what was read, for every mapping that is shipped.
func TestMappingsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, name := range ShippedNames() {
		m, err := Shipped(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := m.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := LoadMapping(strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		m.Format.Zone, again.Format.Zone = nil, nil
		if d := cmp.Diff(m, again); d != "" {
			t.Errorf("%s: %s\n%s", name, d, text)
		}
	}
}

// The table and the columns of the national forms are found by themselves.
func TestGuessesTheNationalForms(t *testing.T) {
	for file, want := range map[string]struct {
		table  models.Table
		points string
	}{
		"registry.csv":         {models.TableCompanies, "uscc=统一社会信用代码 name=企业名称 registered_capital=注册资本(万元)x10000 established_on=成立日期 insured_staff=参保人数 address=住所"},
		"complaints-12345.csv": {models.TableSignals, "subject=被诉对象统一社会信用代码 at=受理时间 amount=涉及金额(元)x1 text=诉求内容 ref=工单编号 kind=诉求类型"},
		"complaints-12315.csv": {models.TableSignals, "subject=统一社会信用代码 at=登记时间 ref=登记编号"},
		"judgments.csv":        {models.TableSignals, "subject=当事人统一社会信用代码 at=裁判日期 ref=案号 kind:judgment"},
		"licences.csv":         {models.TableLicences, "company=统一社会信用代码 number=许可证编号 valid_from=有效期自 valid_until=有效期至 issued_by=许可机关"},
		"shareholders.csv":     {models.TableRelations, "from=股东证照号码 to=统一社会信用代码 ratio=出资比例(%)x0.01 amount=认缴出资额(万元)x10000 since_on=认缴出资日期"},
	} {
		s := sampleOf(t, filepath.Join("testdata", "national", file), SampleOptions{})
		d := Guess(s, "")
		if d.Table != want.table {
			t.Errorf("%s: table %s, want %s", file, d.Table, want.table)
		}
		for _, w := range strings.Fields(want.points) {
			if column, value, fixed := strings.Cut(w, ":"); fixed {
				if d.Points[column].Fixed != value {
					t.Errorf("%s: %s is %+v, want %s", file, column, d.Points[column], value)
				}
				continue
			}
			column, source, _ := strings.Cut(w, "=")
			got := d.Points[column].Column
			if r := d.Points[column].Read; strings.Contains(source, "x") {
				got += "x" + r
			}
			if got != source {
				t.Errorf("%s: %s is %q, want %q", file, column, got, source)
			}
		}
		if _, err := d.Mapping(); err != nil && file != "shareholders.csv" {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// oddBook is a workbook that nobody has seen: titles above the header, a header of two rows with merged cells, days as numbers with a date
// format, amounts in units of ten thousand, a total below.
func oddBook(t testing.TB) string {
	return workbook(t, func(f *excelize.File) error {
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		return errors.Join(err, rowsOf(f, "Sheet1",
			[]any{"××市重点监测企业情况统计表（内部）"}, []any{"填报单位：某区金融发展局", nil, nil, nil, nil, "填报日期：2026年9月"},
			[]any{"序号", "企业基本情况", nil, nil, "资本（万元）", nil, "成立\n日期", "备注"}, []any{nil, "单位全称", "社会信用代码", "注册地址", "注册资本（万元）", "实缴资本（万元）"},
			[]any{1, "深圳前海聚宝盆财富管理有限公司", "91440300MA5X12349J", "深圳市南山区前海路1号", 5000, 0, 43529, "失联"},
			[]any{2, "杭州鑫源普惠信息咨询有限公司", "91330100MA5X1271XY", "杭州市西湖区文三路2号", 1000.5, 100, 44013},
			[]any{3, "北京恒信资产管理有限公司", "91110105MA5X13085X", "北京市朝阳区建国路3号", "3,000", 50, 43320},
			[]any{"合计", nil, nil, nil, 9000.5, 150}),
			f.MergeCell("Sheet1", "A1", "H1"), f.MergeCell("Sheet1", "A3", "A4"), f.MergeCell("Sheet1", "B3", "D3"), f.MergeCell("Sheet1", "E3", "F3"),
			f.MergeCell("Sheet1", "G3", "G4"), f.MergeCell("Sheet1", "H3", "H4"), f.SetCellStyle("Sheet1", "G5", "G7", day))
	})
}

func TestGuessesAnOddWorkbook(t *testing.T) {
	path := write(t, "监测表.xlsx", oddBook(t))
	s := sampleOf(t, path, SampleOptions{})
	d := Guess(s, "")
	if s.HeaderRow != 4 || d.Table != models.TableCompanies || d.Totals != "序号" {
		t.Errorf("header in row %d, table %s, totals %q", s.HeaderRow, d.Table, d.Totals)
	}
	m, err := d.Mapping()
	if err != nil {
		t.Fatalf("%v %+v", err, d)
	}
	rows, refusals := readFile(t, path, Options{Mapping: &m})
	if len(rows) != 3 || len(refusals) != 0 {
		t.Fatalf("%d rows, refused %q", len(rows), keysOf(refusals))
	}
	c := rows[1].Company
	if c.USCC != "91330100MA5X1271XY" || c.Name != "杭州鑫源普惠信息咨询有限公司" || *c.RegisteredCapitalFen != 1_000_500_000 || c.EstablishedOn != "2020-07-01" || *c.PaidCapitalFen != 100_000_000 {
		t.Errorf("%+v", c)
	}
}

func TestGuessesOtherFormats(t *testing.T) {
	doc := `{"meta":1,"items":[{"企业":{"名称":"甲有限公司","信用代码":"91440300MA5X12349J"},"成立日期":"2020-01-02"}]}`
	s := sampleOf(t, write(t, "x.json", doc), SampleOptions{})
	d := Guess(s, "")
	if s.Each != "items" || d.Table != models.TableCompanies || d.Points["uscc"].Column != "企业.信用代码" {
		t.Errorf("%+v %+v", s, d)
	}
	s = sampleOf(t, write(t, "companies.parquet", parquetCompanies(t)), SampleOptions{})
	if d = Guess(s, ""); d.Table != models.TableCompanies || d.Points["established_on"].Column != "established_on" {
		t.Errorf("%+v", d)
	}
	s = sampleOf(t, write(t, "流水.txt", "查询结果\n交易流水号;付款账号;收款账号;金额(元);交易时间\nT1;6222024000012345670;6217001330007654324;1,000.00;2026-09-01 10:00:00\n"), SampleOptions{})
	if d = Guess(s, ""); d.Table != models.TableTransfers || s.HeaderRow != 2 || s.Delimiter != ';' || !slices.Equal([]string{d.Points["from_account"].Column, d.Points["at"].Column}, []string{"付款账号", "交易时间"}) {
		t.Errorf("%+v %+v", s, d)
	}
}
