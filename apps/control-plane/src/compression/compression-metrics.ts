import { Injectable } from '@nestjs/common';
import { COMPRESSION_STATES } from '@hamon/contracts';
import { Gauge, Histogram } from 'prom-client';
import { Metrics } from '../platform/metrics/metrics.js';
import { CompressionStore } from './compression.store.js';

/** Jobs of all fleets by state, as the database knows them, and how long attempts of this process took. */
@Injectable()
export class CompressionMetrics {
  private readonly seconds: Histogram<'outcome'>;

  constructor(metrics: Metrics, jobs: CompressionStore) {
    this.seconds = new Histogram({
      name: 'hamon_compression_seconds',
      help: 'Time from the begin of the last attempt at a compression to its end.',
      labelNames: ['outcome'],
      buckets: [5, 15, 60, 300, 900, 3600],
      registers: [metrics.registry],
    });
    new Gauge({
      name: 'hamon_compressions',
      help: 'Compressions by state.',
      labelNames: ['state'],
      registers: [metrics.registry],
      async collect() {
        this.reset();
        // Without the database the other metrics are still worth having.
        const counts = await jobs.countByState().catch(() => undefined);
        if (!counts) return;
        for (const state of COMPRESSION_STATES) {
          this.set({ state }, counts.find((row) => row.state === state)?.count ?? 0);
        }
      },
    });
  }

  observe(outcome: 'succeeded' | 'failed', seconds: number): void {
    this.seconds.observe({ outcome }, seconds);
  }
}
