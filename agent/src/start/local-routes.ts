import { agentStatus, type StatusParts } from '../agent-status.js';
import { deviceRoutes } from '../data/http/device-routes.js';
import { inferRoutes } from '../data/http/infer-route.js';
import { sampleRoutes } from '../data/http/samples-route.js';
import { triggerRoutes } from '../data/http/trigger-route.js';
import type { Route } from '../data/http/route.js';

/** Everything that the local HTTP answers; each part gives its own routes. */
export function localRoutes(parts: StatusParts): readonly Route[] {
  const { data, work } = parts;
  return [
    ...inferRoutes({ models: data }),
    ...triggerRoutes(data),
    ...sampleRoutes(work.kept.samples.store),
    ...deviceRoutes({ registry: data.metrics, status: () => agentStatus(parts) }),
  ];
}
