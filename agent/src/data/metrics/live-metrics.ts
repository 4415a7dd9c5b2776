import type { Registry } from 'prom-client';
import type { LiveView } from '../live/live-view.js';
import { counter, gauge } from './register.js';

export function liveMetrics(registry: Registry, live: Pick<LiveView, 'viewers' | 'pictures'>): void {
  gauge(registry, {
    name: 'hamon_live_viewers',
    help: 'Who looks at live pictures now',
    read: () => [[{}, live.viewers]],
  });
  counter(registry, {
    name: 'hamon_live_pictures_total',
    help: 'Pictures that were drawn for people',
    read: () => [[{}, live.pictures]],
  });
}
