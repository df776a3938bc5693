package referral

import (
	"strings"
	"time"

	"xiezhi/law"
	"xiezhi/models"
)

func number(n int64) *int64 { return &n }

// samplePaper is the paper of an invented company; every figure reaches a line.
func samplePaper(kind string) models.Paper {
	amount, people, loss := number(3_420_000_000), number(618), number(1_180_000_000)
	offence, _ := law.OffenceByCode("176")
	p := models.Paper{
		Kind: kind, Number: "明金处非移〔2026〕第3号", ReferralRef: "YS-999001-2026-0003", CaseRef: "明金处非〔2026〕17号",
		CaseTitle: "明湖鑫禾财富管理有限公司涉嫌非法集资案",
		Sender:    models.Office{Name: "明湖市地方金融管理局", Short: "明金处非移", Phone: "0999-5550117"},
		Receiver:  models.Office{Name: "明湖市公安局", Short: "明公", Phone: "0999-5550110"},
		CopyTo:    "明湖市人民检察院",
		Party: models.Party{Name: "明湖鑫禾财富管理有限公司", USCC: "91990102MA5K3T878T", LegalRepresentative: "林某涛",
			Address: "云川省明湖市安陵区湖滨路18号财富中心A座1203室"},
		Facts: "该公司自2025年4月至2026年11月，未取得金融许可，通过网站、推介会等途径公开宣传“鑫年盈”“鑫月盈”“鑫日宝”等产品，承诺保本付息，向不特定对象吸收资金。\n" +
			"所吸收资金进入该公司及关联企业明湖安陵禾贸易有限公司账户后，除少量用于日常经营外，主要用于支付前期参与人本息、业务提成和实际控制人个人支出。2026年10月起该公司停止兑付。",
		Offence: "176", AmountFen: amount, People: people, LossFen: loss,
		Lines:        law.Reached(offence, law.Measure{AmountFen: amount, People: people, LossFen: loss}),
		Evidence:     "1. 官网“鑫日宝”页面快照（电子数据，2026年11月18日固定）\n2. 理财合同样本12份（书证，投诉人提供）\n3. 安陵禾对公账户流水（书证，银行查询）",
		Proposal:     "建议移送明湖市公安局，并抄送明湖市人民检察院。",
		ItemList:     "合同12份，电脑2台，印章3枚",
		ExpertReport: "none", ReportPages: 3,
		Officers: []models.PaperOfficer{{Name: "周敏", Number: "9901020117"}, {Name: "韩冬", Number: "9901020131"}},
		Approver: "何志远", OpenedAt: models.At(time.Date(2026, 9, 28, 1, 0, 0, 0, time.UTC)),
		At: models.At(time.Date(2026, 11, 20, 16, 30, 0, 0, time.UTC)),
	}
	if kind == models.DocumentReceipt {
		p.Signer, p.SignerOffice = "陈立", "明湖市公安局"
	}
	if kind == models.DocumentReport {
		p.Number = ""
	}
	return p
}

// longPaper is a report of several pages.
func longPaper() models.Paper {
	p := samplePaper(models.DocumentReport)
	p.Facts = strings.Repeat(p.Facts+"\n", 7)
	p.Evidence = strings.Repeat(p.Evidence+"\n", 6)
	return p
}
