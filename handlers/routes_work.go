package handlers

import "net/http"

// workRoutes are those of the work that officers share on a case: notes, tasks, watching, and who is on the team.
func (a *App) workRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/cases/:ref/work", Signed, "", a.workShow},
		{post, "/cases/:ref/notes", Signed, "", a.noteAdd},
		{post, "/cases/:ref/notes/:number", Signed, "", a.noteChange},
		{post, "/cases/:ref/tasks", Signed, "", a.taskAdd},
		{post, "/cases/:ref/tasks/:number/done", Signed, "", a.taskDone},
		{post, "/cases/:ref/tasks/:number/reopen", Signed, "", a.taskReopen},
		{post, "/cases/:ref/watch", Signed, "", a.watch},
		{post, "/cases/:ref/unwatch", Signed, "", a.unwatch},
		{post, "/cases/:ref/team", Signed, "", a.officerReplace},
		{post, "/cases/:ref/seal", Signed, "", a.caseSeal},
	}
}
