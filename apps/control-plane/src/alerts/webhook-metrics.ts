import { Injectable } from '@nestjs/common';
import { cached } from '../platform/metrics/cached.js';
import { databaseGauge } from '../platform/metrics/database-gauge.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { DELIVERY_STATES, WebhookStore } from './webhook.store.js';

@Injectable()
export class WebhookMetrics {
  constructor({ registry }: Metrics, store: WebhookStore) {
    databaseGauge(registry, {
      name: 'hamon_webhooks',
      help: 'Webhooks of the last 30 days by state.',
      labelNames: ['state'],
      read: cached(async () => {
        const counts = await store.counts();
        return DELIVERY_STATES.map((state) => [{ state }, counts.get(state) ?? 0] as const);
      }),
    });
  }
}
