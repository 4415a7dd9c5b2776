import type { Registry } from 'prom-client';
import { sendJson } from './problem-response.js';
import type { Route } from './route.js';

export interface DeviceRoutesOptions {
  readonly registry: Registry;
  /** The body of `GET /v1/status`. */
  readonly status: () => unknown;
  /** Is the agent itself well? Whether a model is installed is the status's matter. */
  readonly isHealthy?: () => boolean;
}

/** Status, metrics and health of the whole device. */
export function deviceRoutes({ registry, status, isHealthy }: DeviceRoutesOptions): readonly Route[] {
  return [
    { method: 'GET', path: '/v1/status', handle: (_, response) => sendJson(response, 200, status()) },
    {
      method: 'GET',
      path: '/metrics',
      handle: async (_, response) => {
        const text = await registry.metrics();
        response.writeHead(200, { 'content-type': registry.contentType }).end(text);
      },
    },
    {
      method: 'GET',
      path: '/healthz',
      isOpen: true,
      handle: (_, response) => {
        const healthy = isHealthy?.() ?? true;
        sendJson(response, healthy ? 200 : 503, {
          schema: 'hamon.health/1',
          status: healthy ? 'ok' : 'unwell',
        });
      },
    },
  ];
}
