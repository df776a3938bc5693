package work

import (
	"context"

	"xiezhi/models"
)

// Remembered keeps the subjects that one request loaded, so that several questions about the same ones read each once. It belongs to one
// actor and action, since what is in it was in their sight; it is not safe for concurrent use. A nil one remembers nothing.
type Remembered struct {
	store   *models.Store
	sight   models.Sight
	byID    map[int64]models.Subject
	absent  map[int64]bool
	written map[models.SubjectRef]models.Subject
}

// NewRemembered gives an empty one for subjects in sight.
func NewRemembered(store *models.Store, sight models.Sight) *Remembered {
	return &Remembered{store: store, sight: sight, byID: map[int64]models.Subject{}, absent: map[int64]bool{}, written: map[models.SubjectRef]models.Subject{}}
}

// Subjects gives subjects by internal key, those in sight alone, beside others that were loaded before. The map goes on growing with the
// memory and belongs to it.
func (r *Remembered) Subjects(ctx context.Context, ids []int64) (map[int64]models.Subject, error) {
	var missing []int64
	for _, id := range ids {
		if _, ok := r.byID[id]; !ok && !r.absent[id] {
			missing = append(missing, id)
			r.absent[id] = true // until it is found
		}
	}
	if len(missing) > 0 {
		list, err := r.store.SubjectsByID(ctx, r.sight, missing)
		if err != nil {
			clear(r.absent)
			return nil, err
		}
		for id, s := range list {
			r.byID[id] = s
			delete(r.absent, id)
		}
	}
	return r.byID, nil
}

// named gives a subject by its written form.
func (r *Remembered) named(ref models.SubjectRef) (models.Subject, bool) {
	if r == nil {
		return models.Subject{}, false
	}
	s, ok := r.written[ref]
	return s, ok
}

// keep remembers a subject that was asked for by its written form, which may come again in either form.
func (r *Remembered) keep(s models.Subject) {
	if r == nil {
		return
	}
	r.byID[s.ID] = s
	delete(r.absent, s.ID)
	r.written[s.Written()] = s
	if s.Ref != nil {
		r.written[models.SubjectRef{Kind: s.Kind, ID: *s.Ref}] = s
	}
}
