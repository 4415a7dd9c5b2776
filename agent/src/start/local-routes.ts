import { agentStatus, type StatusParts } from '../agent-status.js';
import type { AccessGuard } from '../data/http/access-guard.js';
import { deviceRoutes } from '../data/http/device-routes.js';
import { inferRoutes } from '../data/http/infer-route.js';
import { sampleRoutes } from '../samples/sample-routes.js';
import { triggerRoutes } from '../data/http/trigger-route.js';
import type { Route } from '../data/http/route.js';
import { liveRoutes } from '../data/live/live-routes.js';
import { pageRoutes } from '../data/page/page-routes.js';
import { overviewOf } from '../overview.js';

/** Everything that the local HTTP answers; each part gives its own routes. */
export function localRoutes(parts: StatusParts, guard: AccessGuard): readonly Route[] {
  const { data, work } = parts;
  return [
    ...inferRoutes({ models: data }),
    ...triggerRoutes(data),
    ...sampleRoutes(work.kept.samples.store),
    ...liveRoutes({ live: data.live, streams: () => data.streams.map(({ name }) => name) }),
    ...pageRoutes({ guard, overview: () => overviewOf(parts) }),
    ...deviceRoutes({ registry: data.metrics, status: () => agentStatus(parts) }),
  ];
}
