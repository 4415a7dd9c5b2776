import { Module } from '@nestjs/common';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookStore } from './webhook.store.js';
import { Webhooks } from './webhooks.js';

/** Tells people outside what they have to know. */
@Module({ providers: [WebhookMetrics, WebhookStore, Webhooks], exports: [Webhooks] })
export class AlertsModule {}
