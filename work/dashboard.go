package work

import (
	"context"
	"sync"
	"time"

	"xiezhi/models"
)

// dashboardKept is how long figures are remembered; a page says when they were counted.
const dashboardKept = time.Minute

// mostDashboards bounds how many are remembered at once.
const mostDashboards = 256

// Dashboards counts the figures of those who lead, and remembers them for a minute: however many look at one place, it is counted once.
// What is remembered depends on the places alone and on nobody who asks. The zero value but for the store is ready for concurrent use.
type Dashboards struct {
	Store *models.Store

	mu   sync.Mutex
	kept map[string]*keptDashboard
}

type keptDashboard struct {
	mu sync.Mutex // held while it is counted
	d  models.Dashboard
}

// Of gives the figures that a query asks for, at most a minute old.
func (m *Dashboards) Of(ctx context.Context, q models.DashboardQuery) (models.Dashboard, error) {
	k := m.place(q.Key())
	k.mu.Lock()
	defer k.mu.Unlock()
	if age := m.Store.Now().Sub(k.d.At); !k.d.At.IsZero() && age >= 0 && age < dashboardKept {
		return k.d, nil
	}
	d, err := m.Store.Dashboard(ctx, q)
	if err != nil {
		return models.Dashboard{}, err
	}
	k.d = d
	return d, nil
}

// place gives where the figures of a key are remembered; when there are too many, all are forgotten.
func (m *Dashboards) place(key string) *keptDashboard {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.kept[key]
	if ok {
		return k
	}
	if m.kept == nil || len(m.kept) >= mostDashboards {
		m.kept = map[string]*keptDashboard{}
	}
	k = &keptDashboard{}
	m.kept[key] = k
	return k
}
