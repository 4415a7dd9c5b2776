import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { ControlPlaneError } from '../platform/errors.js';
import { cached } from '../platform/metrics/cached.js';
import { databaseGauge } from '../platform/metrics/database-gauge.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { SampleBudgetStore } from './sample-budget.store.js';

/** How refusals are counted; what is not among them is `failed`. */
const REFUSALS: ReadonlySet<string> = new Set([
  'samples-not-wanted',
  'sample-budget-spent',
  'sample-quota-reached',
  'sample-refused',
  'sample-exists',
  'storage-full',
  'overloaded',
]);

/** Pictures of all fleets, and what became of those that devices sent to this process. */
@Injectable()
export class SampleMetrics {
  private readonly sent: Counter<'result'>;
  private readonly expired: Counter;

  constructor({ registry }: Metrics, budgets: SampleBudgetStore) {
    const totals = cached(() => budgets.totals());
    databaseGauge(registry, {
      name: 'hamon_samples',
      help: 'Pictures of devices that are kept.',
      labelNames: [],
      read: async () => [[{}, (await totals()).reduce((sum, { samples }) => sum + samples, 0)]],
    });
    databaseGauge(registry, {
      name: 'hamon_sample_bytes',
      help: 'Bytes of the pictures of devices that are kept and of what is said of them.',
      labelNames: [],
      read: async () => [[{}, (await totals()).reduce((sum, { bytes }) => sum + bytes, 0)]],
    });
    this.sent = new Counter({
      name: 'hamon_samples_sent_total',
      help: 'Pictures that devices sent, by what became of them.',
      labelNames: ['result'],
      registers: [registry],
    });
    this.expired = new Counter({
      name: 'hamon_samples_expired_total',
      help: "Pictures that were deleted because the fleet's retention time was over.",
      registers: [registry],
    });
  }

  taken(isNew: boolean): void {
    this.sent.inc({ result: isNew ? 'stored' : 'repeated' });
  }

  refused(cause: unknown): void {
    const code = cause instanceof ControlPlaneError ? cause.code : 'failed';
    this.sent.inc({ result: REFUSALS.has(code) ? code : 'failed' });
  }

  deleted(count: number): void {
    this.expired.inc(count);
  }
}
