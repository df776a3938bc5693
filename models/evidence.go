package models

import (
	"slices"

	"xiezhi/proof"
)

// Evidence is a piece of evidence of a case. Its content lies as a file under its SHA-256 and never changes; the row says whose it
// is and how it stands. CustodySeq and CustodyHash are the end of its custody log.
type Evidence struct {
	ID           int64 `gorm:"primaryKey"`
	Ref          string
	CaseID       int64
	Class        EvidenceClass
	Title        string
	Description  string
	SourcePerson string
	SourceOffice string
	FileName     string // as it came: hostile, to be shown as text only
	ContentKind  string // what it is by its own bytes, a name of proof.Kinds
	Size         int64
	SHA256       string `gorm:"column:sha256"`
	SM3          string `gorm:"column:sm3"`
	State        EvidenceState
	Finding      string // the key of why it was refused
	Active       string // what in it may act when it is opened, words split by blanks
	CheckedAt    Instant
	ReceivedBy   int64
	ReceivedAt   Instant
	CustodySeq   int64
	CustodyHash  string
}

// TableName is the table's: evidence has no plural.
func (Evidence) TableName() string { return "evidence" }

// Digest gives both digests of the content.
func (e Evidence) Digest() proof.Digest { return proof.Digest{SHA256: e.SHA256, SM3: e.SM3} }

// EvidenceState says whether the content may leave the portal.
type EvidenceState string

// A content is quarantined until it was checked; a refused one stays and never leaves.
const (
	EvidenceQuarantined EvidenceState = "quarantined"
	EvidenceReleased    EvidenceState = "released"
	EvidenceRefused     EvidenceState = "refused"
)

// EvidenceClass is the class of evidence in procedure; it decides what a criminal court may use (CPL 54(2), MPS2020 63).
type EvidenceClass string

// The classes.
const (
	ClassMaterial    EvidenceClass = "material"
	ClassDocumentary EvidenceClass = "documentary"
	ClassElectronic  EvidenceClass = "electronic"
	ClassAudioVisual EvidenceClass = "audio_visual"
	ClassExpert      EvidenceClass = "expert"
	ClassInspection  EvidenceClass = "inspection"
	ClassInterview   EvidenceClass = "interview"
)

// EvidenceClasses lists the classes in the order of the law.
func EvidenceClasses() []EvidenceClass {
	return []EvidenceClass{ClassMaterial, ClassDocumentary, ClassElectronic, ClassAudioVisual, ClassExpert, ClassInspection, ClassInterview}
}

// Use says how criminal procedure takes evidence of the class that an agency gathered: direct, after review, or only when the
// police take it anew.
func (c EvidenceClass) Use() string {
	switch c {
	case ClassMaterial, ClassDocumentary, ClassElectronic, ClassAudioVisual:
		return "direct"
	case ClassExpert, ClassInspection:
		return "after_review"
	default:
		return "anew"
	}
}

var (
	pictures   = []string{"png", "jpeg", "gif", "tiff", "bmp", "webp", "heic"}
	papers     = []string{"pdf", "docx", "xlsx", "pptx", "ofd", "office", "text"}
	recordings = []string{"mp4", "matroska", "avi", "wav", "mp3", "aac", "flac", "ogg", "amr"}
	carriers   = []string{"zip", "7z", "rar", "gzip", "sqlite", "pcap", "html"}
)

// Takes says whether a content of the kind may be evidence of the class.
func (c EvidenceClass) Takes(kind string) bool { return slices.Contains(c.Kinds(), kind) }

// Kinds lists the kinds of content that the class takes.
func (c EvidenceClass) Kinds() []string {
	switch c {
	case ClassMaterial:
		return slices.Concat(pictures, []string{"pdf", "mp4"})
	case ClassDocumentary, ClassExpert, ClassInspection:
		return slices.Concat(papers, pictures)
	case ClassElectronic:
		return slices.Concat(papers, pictures, recordings, carriers)
	case ClassAudioVisual:
		return slices.Concat(recordings, pictures)
	case ClassInterview:
		return slices.Concat(papers, pictures, recordings)
	default:
		return nil
	}
}

// NewEvidence is what comes with a file, and what was found of the file itself.
type NewEvidence struct {
	Class        EvidenceClass
	Title        string
	Description  string
	SourcePerson string
	SourceOffice string
	FileName     string
	ContentKind  string
	Size         int64
	Digest       proof.Digest
}

// The acts of the custody log.
const (
	CustodyReceived   = "received"
	CustodyChecked    = "checked"
	CustodyRefused    = "refused"
	CustodyViewed     = "viewed"
	CustodyDownloaded = "downloaded"
	CustodyVerified   = "verified"
	CustodyDiffers    = "differs"
	CustodyLinked     = "linked"
	CustodyIncluded   = "included"
	CustodyHandedOver = "handed_over"
)

// CustodyEntry is one line of a custody log as it is stored.
type CustodyEntry struct {
	ID         int64 `gorm:"primaryKey"`
	EvidenceID int64
	Seq        int64
	At         Instant
	Actor      string
	Office     string
	Act        string
	Note       string
	PrevHash   string
	Hash       string
}

// Proof gives the line in the form that a verifier reads.
func (c CustodyEntry) Proof() proof.Custody {
	return proof.Custody{Seq: c.Seq, At: c.At.Time(), Actor: c.Actor, Office: c.Office, Act: c.Act, Note: c.Note, Prev: c.PrevHash, Hash: c.Hash}
}

// EvidenceLink ties evidence to a fact of the portal, or to a page of the web by what was read there.
type EvidenceLink struct {
	ID            int64 `gorm:"primaryKey"`
	EvidenceID    int64
	Kind          string
	BatchRef      string
	FactHash      string
	URL           string
	Excerpt       string
	ExcerptSHA256 string `gorm:"column:excerpt_sha256"`
	AddedBy       int64
	AddedAt       Instant
}

// EvidenceLine is a row of the list of a case's evidence.
type EvidenceLine struct {
	Evidence
	CaseRef    string
	Receiver   string
	ReceiverEn string
	Shared     bool // handed to the police
}

// EvidenceFile is a piece of evidence with everything its page shows. Twins are pieces of other cases with the same content that
// the actor may read. Broken says what is wrong with the custody log, empty where nothing is.
type EvidenceFile struct {
	EvidenceLine
	Place    Place
	CaseSeal string
	Custody  []CustodyEntry
	Links    []EvidenceLink
	Twins    []EvidenceLine
	Broken   string
	MayAdd   bool // the actor may link it
}
