package models

import "slices"

// Role is a role code of organisation.md 4.2.
type Role string

// The roles. The last three administrate and never see business data.
const (
	RoleDutyOfficer   Role = "duty_officer"
	RoleCaseHandler   Role = "case_handler"
	RoleSupervisor    Role = "supervisor"
	RoleLegalReviewer Role = "legal_reviewer"
	RolePrincipal     Role = "principal"
	RoleProvincial    Role = "provincial_viewer"
	RoleRiskAnalyst   Role = "risk_analyst"
	RoleDataSteward   Role = "data_steward"
	RoleLineRegulator Role = "line_regulator"
	RolePoliceIntake  Role = "police_intake"
	RoleProcuratorate Role = "procuratorate_observer"
	RoleSystemAdmin   Role = "system_admin"
	RoleSecurityAdmin Role = "security_admin"
	RoleAuditAdmin    Role = "audit_admin"
)

// Roles lists every role.
func Roles() []Role {
	return []Role{RoleDutyOfficer, RoleCaseHandler, RoleSupervisor, RoleLegalReviewer, RolePrincipal, RoleProvincial,
		RoleRiskAnalyst, RoleDataSteward, RoleLineRegulator, RolePoliceIntake, RoleProcuratorate, RoleSystemAdmin,
		RoleSecurityAdmin, RoleAuditAdmin}
}

// Administrative says whether the role administrates; such roles exclude each other and every business role.
func (r Role) Administrative() bool {
	return slices.Contains([]Role{RoleSystemAdmin, RoleSecurityAdmin, RoleAuditAdmin}, r)
}

// Action is what casbin's policy allows a role: an exact name, never a path or a pattern.
type Action string

// The actions of the portal.
const (
	ActAlertRead         Action = "alert.read"
	ActAlertAccept       Action = "alert.accept"
	ActAlertDismiss      Action = "alert.dismiss"
	ActAlertSnooze       Action = "alert.snooze"
	ActAlertAssign       Action = "alert.assign"
	ActAlertPropose      Action = "alert.propose"
	ActAlertMerge        Action = "alert.merge"
	ActAlertSuppress     Action = "alert.suppress"   // leave an indicator out for one subject
	ActSuppressionRead   Action = "suppression.read" // count and read what is left out
	ActCompanyRead       Action = "company.read"
	ActPersonRead        Action = "person.read"
	ActAccountRead       Action = "account.read"
	ActPersonReveal      Action = "person.reveal"
	ActDashboardRead     Action = "dashboard.read" // the figures of one's places
	ActCaseRead          Action = "case.read"
	ActCaseOpen          Action = "case.open"
	ActEvidenceRead      Action = "evidence.read"
	ActEvidenceAdd       Action = "evidence.add"
	ActDossierMake       Action = "dossier.make"
	ActPaperDraft        Action = "paper.draft"     // draft a paper of a case
	ActPaperIssue        Action = "paper.issue"     // issue one that somebody else drafted
	ActPaperPrincipal    Action = "paper.principal" // issue those that the principal alone decides
	ActThresholdSave     Action = "threshold.save"
	ActCaseWork          Action = "case.work"   // make the moves of an officer on the case's team
	ActCaseReview        Action = "case.review" // hold hearings and review decisions in law
	ActCaseDecide        Action = "case.decide" // the principal's acts in an administrative case
	ActObjectionRead     Action = "objection.read"
	ActObjectionRegister Action = "objection.register"
	ActObjectionDirect   Action = "objection.direct"
	ActCalendarRead      Action = "calendar.read"
	ActCalendarChange    Action = "calendar.change"
	ActReferralForm      Action = "referral.form_team"
	ActReferralTeam      Action = "referral.team"      // read and act as a member of the team
	ActReferralRead      Action = "referral.read"      // read as supervisor, legal reviewer, principal or superior viewer
	ActReferralApprove   Action = "referral.approve"   // the principal's decision
	ActReferralPolice    Action = "referral.police"    // act as the addressed police unit
	ActReferralObserve   Action = "referral.observe"   // read as the procuratorate
	ActReferralSupervise Action = "referral.supervise" // act as the procuratorate of the same level
	ActBatchRead         Action = "batch.read"
	ActFactLoad          Action = "fact.load"
	ActMappingRead       Action = "mapping.read"
	ActMappingChange     Action = "mapping.change"
	ActFactRead          Action = "fact.read"       // follow a figure to the fact, row and file it comes from
	ActFactAntiFraud     Action = "fact.anti_fraud" // see what may be used against fraud alone
	ActFactRetract       Action = "fact.retract"    // withdraw a wrong fact
	ActSourceRead        Action = "source.read"
	ActSourceChange      Action = "source.change"
	ActConnectorChange   Action = "connector.change"
	ActScanRead          Action = "scan.read"
	ActScanStart         Action = "scan.start"
	ActRuleRead          Action = "rule.read"
	ActRuleWrite         Action = "rule.write"   // write versions and replay them
	ActRuleApprove       Action = "rule.approve" // decide on versions of others
	ActUserRead          Action = "user.read"
	ActUserChange        Action = "user.change"
	ActGrantRead         Action = "grant.read"
	ActGrantChange       Action = "grant.change"
	ActAuditRead         Action = "audit.read"
	ActIdentityRead      Action = "identity.read"   // see proposals of who is who
	ActIdentityDecide    Action = "identity.decide" // decide on them
)

// Actor is who does it now: a user with what the grants allow, or a job or command of the system itself. Permits holds,
// for each action, the scope in which it is allowed; an action that is missing is allowed nowhere.
type Actor struct {
	UserID      int64
	Name        string
	Display     string
	DisplayEn   string
	AuthorityID int64
	Roles       []Role
	Divisions   []string
	Permits     map[Action]Scope
	RequestID   string
	IP          string
	Locale      string
	Theme       string
	TokenID     int64
	Idem        Idempotency
}

// System is the actor of commands and background work; name is what the audit trail shows.
func System(name string) Actor {
	return Actor{Name: "system:" + name, Display: name, DisplayEn: name, Permits: map[Action]Scope{}}
}

// Scope gives where the action is allowed.
func (a Actor) Scope(action Action) Scope { return a.Permits[action] }

// Can says whether the action is allowed anywhere; an action without a place asks no more than this.
func (a Actor) Can(action Action) bool { return !a.Permits[action].Empty() }

// CanAt says whether the action is allowed in the place.
func (a Actor) CanAt(action Action, p Place) bool { return a.Permits[action].Covers(p) }

// ReadsReferrals says whether some role lets the actor read referrals at all; which ones, the store says.
func (a Actor) ReadsReferrals() bool {
	return a.Can(ActReferralRead) || a.Can(ActReferralTeam) || a.Can(ActReferralPolice) || a.Can(ActReferralObserve)
}

// HasRole says whether a live grant gives the role.
func (a Actor) HasRole(r Role) bool { return slices.Contains(a.Roles, r) }

// Actions lists every action of the portal.
func Actions() []Action {
	return []Action{ActAlertRead, ActAlertAccept, ActAlertDismiss, ActAlertSnooze, ActAlertAssign, ActAlertPropose, ActAlertMerge, ActAlertSuppress, ActSuppressionRead, ActCompanyRead,
		ActDashboardRead, ActEvidenceRead, ActEvidenceAdd, ActDossierMake, ActPaperDraft, ActPaperIssue, ActPaperPrincipal, ActThresholdSave,
		ActPersonRead, ActAccountRead, ActPersonReveal, ActCaseRead, ActCaseOpen, ActCaseWork, ActCaseReview, ActCaseDecide,
		ActObjectionRead, ActObjectionRegister, ActObjectionDirect, ActCalendarRead, ActCalendarChange, ActReferralForm, ActReferralTeam, ActReferralRead,
		ActReferralApprove, ActReferralPolice, ActReferralObserve, ActReferralSupervise, ActBatchRead, ActFactLoad, ActMappingRead, ActMappingChange, ActFactRead, ActFactAntiFraud, ActFactRetract, ActSourceRead, ActSourceChange, ActConnectorChange, ActScanRead, ActScanStart, ActRuleRead, ActRuleWrite, ActRuleApprove, ActUserRead,
		ActUserChange, ActGrantRead, ActGrantChange, ActAuditRead, ActIdentityRead, ActIdentityDecide}
}

// purposes gives which facts of limited purpose the actor may see in a place, on pages of accounts and persons. That a
// suspicious transaction was reported stays with those who received the report: nobody sees it here.
func (a Actor) purposes(p Place) []Purpose {
	if a.CanAt(ActFactAntiFraud, p) {
		return []Purpose{PurposeAntiFraudOnly}
	}
	return nil
}
