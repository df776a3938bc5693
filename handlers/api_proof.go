package handlers

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
)

type evidenceLineJSON struct {
	Ref        string         `json:"ref"`
	Case       string         `json:"case"`
	Class      string         `json:"class"`
	Use        string         `json:"use"`
	Title      string         `json:"title"`
	File       string         `json:"file"`
	Size       int64          `json:"size"`
	SHA256     string         `json:"sha256"`
	SM3        string         `json:"sm3"`
	State      string         `json:"state"`
	Shared     bool           `json:"shared"`
	ReceivedBy string         `json:"received_by"`
	ReceivedAt models.Instant `json:"received_at"`
}

func newEvidenceLineJSON(e models.EvidenceLine) evidenceLineJSON {
	return evidenceLineJSON{Ref: e.Ref, Case: e.CaseRef, Class: string(e.Class), Use: e.Class.Use(), Title: e.Title, File: e.FileName, Size: e.Size, SHA256: e.SHA256, SM3: e.SM3, State: string(e.State),
		Shared: e.Shared, ReceivedBy: e.Receiver, ReceivedAt: e.ReceivedAt}
}

type custodyJSON struct {
	At   models.Instant `json:"at"`
	Who  string         `json:"who"`
	Act  string         `json:"act"`
	Note string         `json:"note"`
	Hash string         `json:"hash"`
}

type evidenceJSON struct {
	evidenceLineJSON
	Custody []custodyJSON `json:"custody"`
	Whole   bool          `json:"custody_whole"` // the log's chain of digests holds
}

func (a *App) apiCaseEvidence(c *gin.Context) error {
	list, _, err := a.Store.CaseEvidence(c.Request.Context(), ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	out := make([]evidenceLineJSON, 0, len(list))
	for _, e := range list {
		out = append(out, newEvidenceLineJSON(e))
	}
	return a.json(c, items(out, ""))
}

// apiEvidenceAdd takes the body as a file into a case; what is said of it stands in the query, since the body is the file itself.
func (a *App) apiEvidenceAdd(c *gin.Context) error {
	ref := c.Param("ref")
	if err := a.Store.AllowEvidence(c.Request.Context(), ActorOf(c), ref); err != nil {
		return err
	}
	var f evidenceForm
	if err := c.ShouldBindQuery(&f); err != nil {
		return err
	}
	return a.apiStream(c, "xiezhi-evidence-*", a.Desk.Evidence.Limit, func(ctx context.Context, actor models.Actor, body *spooled) (int, any, error) {
		if body.size == 0 {
			return 0, nil, models.Invalid(map[string]string{"file": "error.required"})
		}
		got, err := a.Desk.ReceiveEvidence(ctx, actor, ref, f.piece(c.Query("file")), body.file)
		if err != nil {
			return 0, nil, err
		}
		actor.Idem = models.Idempotency{}
		e, err := a.Store.EvidenceFile(ctx, actor, got)
		return http.StatusCreated, newEvidenceLineJSON(e.EvidenceLine), err
	})
}

func (a *App) evidenceAnswer(c *gin.Context, actor models.Actor) (int, any, error) {
	e, err := a.Store.EvidenceFile(c.Request.Context(), actor, c.Param("ref"))
	out := evidenceJSON{evidenceLineJSON: newEvidenceLineJSON(e.EvidenceLine), Custody: []custodyJSON{}, Whole: e.Broken == ""}
	for _, x := range e.Custody {
		out.Custody = append(out.Custody, custodyJSON{At: x.At, Who: x.Actor, Act: x.Act, Note: x.Note, Hash: x.Hash})
	}
	return http.StatusOK, out, err
}

func (a *App) apiEvidence(c *gin.Context) error {
	_, body, err := a.evidenceAnswer(c, ActorOf(c))
	if err != nil {
		return err
	}
	return a.json(c, body)
}

// apiEvidenceVerify holds a stored content against its digests; that it was verified is in the custody log of the answer.
func (a *App) apiEvidenceVerify(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	whole := false
	return a.apiWrite(c, apiCall{
		Do: func(actor models.Actor) (err error) {
			whole, err = a.Desk.VerifyEvidence(ctx, actor, ref)
			return err
		},
		Answer: func(models.Actor) (int, any, error) {
			return http.StatusOK, gin.H{"ref": ref, "whole": whole}, nil
		}})
}

type dossierJSON struct {
	Ref      string         `json:"ref"`
	Case     string         `json:"case"`
	Referral *string        `json:"referral"`
	State    string         `json:"state"`
	SHA256   string         `json:"sha256"`
	AskedAt  models.Instant `json:"asked_at"`
}

func (a *App) apiCaseDossiers(c *gin.Context) error {
	ctx, actor, ref := c.Request.Context(), ActorOf(c), c.Param("ref")
	if _, _, err := a.Store.CaseEvidence(ctx, actor, ref); err != nil { // who reads the case's evidence
		return err
	}
	list, err := a.Store.CaseDossiers(ctx, actor, ref)
	if err != nil {
		return err
	}
	out := make([]dossierJSON, 0, len(list))
	for _, d := range list {
		out = append(out, dossierJSON{Ref: d.Ref, Case: d.CaseRef, Referral: orNull(d.ReferralRef), State: string(d.State), SHA256: d.SHA256, AskedAt: d.AskedAt})
	}
	return a.json(c, items(out, ""))
}

type paperJSON struct {
	Ref       string            `json:"ref"`
	Case      string            `json:"case"`
	Kind      string            `json:"kind"`
	State     models.PaperState `json:"state"`
	Number    string            `json:"number"`
	SHA256    string            `json:"sha256"`
	SM3       string            `json:"sm3"`
	Pages     int               `json:"pages"`
	DraftedBy string            `json:"drafted_by"`
	DraftedAt models.Instant    `json:"drafted_at"`
	IssuedBy  string            `json:"issued_by"`
	IssuedAt  models.Instant    `json:"issued_at"`
	Version   int64             `json:"version"`
}

func newPaperJSON(p models.CasePaperLine) paperJSON {
	return paperJSON{Ref: p.Ref, Case: p.CaseRef, Kind: p.Kind, State: p.State, Number: p.Number, SHA256: p.SHA256, SM3: p.SM3, Pages: p.Pages, DraftedBy: p.Drafter, DraftedAt: p.DraftedAt,
		IssuedBy: p.Issuer, IssuedAt: p.IssuedAt, Version: p.Version}
}

func (a *App) apiCasePapers(c *gin.Context) error {
	ctx, actor, ref := c.Request.Context(), ActorOf(c), c.Param("ref")
	if _, _, err := a.Store.CaseEvidence(ctx, actor, ref); err != nil { // who reads the case's evidence
		return err
	}
	list, err := a.Store.CasePapers(ctx, actor, ref)
	if err != nil {
		return err
	}
	out := make([]paperJSON, 0, len(list))
	for _, p := range list {
		out = append(out, newPaperJSON(p))
	}
	return a.json(c, items(out, ""))
}

// paperAnswer answers with a paper as it then stands.
func (a *App) paperAnswer(c *gin.Context, ref *string, status int) func(models.Actor) (int, any, error) {
	return func(actor models.Actor) (int, any, error) {
		f, err := a.Store.CasePaper(c.Request.Context(), actor, *ref)
		return status, newPaperJSON(f.CasePaperLine), err
	}
}

func (a *App) apiPaper(c *gin.Context) error {
	ref := c.Param("ref")
	_, body, err := a.paperAnswer(c, &ref, http.StatusOK)(ActorOf(c))
	if err != nil {
		return err
	}
	return a.json(c, body)
}

func (a *App) apiPaperDraft(c *gin.Context) error {
	ctx, caseRef, kind := c.Request.Context(), c.Param("ref"), c.Param("kind")
	var in procedureJSON
	var ref string
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.paperAnswer(c, &ref, http.StatusCreated),
		Do: func(actor models.Actor) (err error) {
			ref, err = a.Store.DraftCasePaper(ctx, actor, caseRef, kind, in.input().Fields, a.Press)
			return err
		}})
}

func (a *App) apiPaperIssue(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.paperAnswer(c, &ref, http.StatusOK),
		Do: func(actor models.Actor) error { return a.Store.IssueCasePaper(ctx, actor, ref, in.Version, a.Press) }})
}

type noteJSON struct {
	ID        int64          `json:"id"`
	Text      string         `json:"text"`
	Writer    string         `json:"writer"`
	WrittenAt models.Instant `json:"written_at"`
	Changer   string         `json:"changer"`
	ChangedAt models.Instant `json:"changed_at"`
	Version   int64          `json:"version"`
}

type taskJSON struct {
	ID       int64          `json:"id"`
	Title    string         `json:"title"`
	Assignee string         `json:"assignee"`
	DueOn    *string        `json:"due_on"`
	DoneAt   models.Instant `json:"done_at"`
	Version  int64          `json:"version"`
}

type workJSON struct {
	Case     string     `json:"case"`
	Officers []string   `json:"officers"`
	Watched  bool       `json:"watched"`
	Notes    []noteJSON `json:"notes"`
	Tasks    []taskJSON `json:"tasks"`
}

func (a *App) workAnswer(c *gin.Context, status int) func(models.Actor) (int, any, error) {
	return func(actor models.Actor) (int, any, error) {
		w, err := a.Store.CaseWork(c.Request.Context(), actor, c.Param("ref"))
		out := workJSON{Case: w.Ref, Officers: officerUsers(w.Officers), Watched: w.Watched, Notes: []noteJSON{}, Tasks: []taskJSON{}}
		for _, n := range w.Notes {
			out.Notes = append(out.Notes, noteJSON{ID: n.ID, Text: n.Text, Writer: n.Writer, WrittenAt: n.WrittenAt, Changer: n.Changer, ChangedAt: n.ChangedAt, Version: n.Version})
		}
		for _, k := range slices.Clone(w.Tasks) {
			out.Tasks = append(out.Tasks, taskJSON{ID: k.ID, Title: k.Title, Assignee: k.AssigneeName, DueOn: orNull(string(k.DueOn)), DoneAt: k.DoneAt, Version: k.Version})
		}
		return status, out, err
	}
}

func (a *App) apiWork(c *gin.Context) error {
	_, body, err := a.workAnswer(c, http.StatusOK)(ActorOf(c))
	if err != nil {
		return err
	}
	return a.json(c, body)
}

func (a *App) apiNoteAdd(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	var in struct {
		Text string `json:"text"`
	}
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.workAnswer(c, http.StatusCreated),
		Do: func(actor models.Actor) error { return a.Store.AddCaseNote(ctx, actor, ref, in.Text) }})
}

func (a *App) apiTaskAdd(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	var in struct {
		Title    string `json:"title"`
		Assignee string `json:"assignee"`
		DueOn    string `json:"due_on"`
	}
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.workAnswer(c, http.StatusCreated), Do: func(actor models.Actor) error {
		return a.Store.AddCaseTask(ctx, actor, ref, models.NewCaseTask{Title: in.Title, Assignee: in.Assignee, DueOn: models.Date(in.DueOn)})
	}})
}

// apiTaskMove finishes a task or opens it again.
func (a *App) apiTaskMove(verb string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx, ref := c.Request.Context(), c.Param("ref")
		id, err := number(c, "task")
		if err != nil {
			return err
		}
		do := a.Store.FinishCaseTask
		if verb == "reopen" {
			do = a.Store.ReopenCaseTask
		}
		return a.apiWrite(c, apiCall{Answer: a.workAnswer(c, http.StatusOK), Do: func(actor models.Actor) error { return do(ctx, actor, ref, id) }})
	}
}
