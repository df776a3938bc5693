package work

import (
	"context"
	"sync"
	"time"

	"xiezhi/models"
)

// dashboardKept is how long figures are new; a page says when they were counted. Older ones are shown while they are counted anew, until
// they are dashboardOld: nobody waits for what somebody looked at shortly before.
const (
	dashboardKept = time.Minute
	dashboardOld  = 10 * time.Minute
)

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
	mu   sync.Mutex // held while it is counted for the first time
	d    models.Dashboard
	anew bool // it is being counted anew
}

// Of gives the figures that a query asks for: at most a minute old, or older while they are being counted anew.
func (m *Dashboards) Of(ctx context.Context, q models.DashboardQuery) (models.Dashboard, error) {
	k := m.place(q.Key())
	k.mu.Lock()
	defer k.mu.Unlock()
	if age := m.Store.Now().Sub(k.d.At); !k.d.At.IsZero() && age >= 0 && age < dashboardOld {
		if age >= dashboardKept && !k.anew {
			k.anew = true
			go m.renew(context.WithoutCancel(ctx), k, q)
		}
		return k.d, nil
	}
	d, err := m.Store.Dashboard(ctx, q)
	if err != nil {
		return models.Dashboard{}, err
	}
	k.d = d
	return d, nil
}

// renew counts anew; where that fails, the next who asks tries again.
func (m *Dashboards) renew(ctx context.Context, k *keptDashboard, q models.DashboardQuery) {
	d, err := m.Store.Dashboard(ctx, q)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.anew = false
	if err == nil {
		k.d = d
	}
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
