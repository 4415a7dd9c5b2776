import { Module } from '@nestjs/common';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookStore } from './webhook.store.js';
import { Webhooks } from './webhooks.js';

/** Tells whoever has to know. */
@Module({ providers: [WebhookMetrics, WebhookStore, Webhooks], exports: [Webhooks] })
export class AlertsModule {}
