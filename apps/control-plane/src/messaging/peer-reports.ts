import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Log } from '../platform/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { BrokerReport } from './embedded/broker-report.js';

const QUIET_MS = 10_000;

/** What peers did wrong: all of it counted, little of it logged, so that a flood of bad messages does not fill a disk. */
@Injectable()
export class PeerReports implements BrokerReport {
  private readonly log: Log;
  private readonly droppedMessages: Counter<'what'>;
  private readonly quiet = new Map<string, { until: number; suppressed: number }>();

  constructor(log: Log, metrics: Metrics) {
    this.log = log.with({ room: 'messaging' });
    this.droppedMessages = new Counter({
      name: 'hamon_peer_messages_refused_total',
      help: 'Connections, publications, subscriptions and messages of devices that were refused or dropped.',
      labelNames: ['what'] as const,
      registers: [metrics.registry],
    });
  }

  refused(what: 'connection' | 'publish' | 'subscribe', who: string, detail: string): void {
    this.report(what, who, detail);
  }

  /** A message that arrived but cannot be used; with `cause` where the fault is ours. */
  dropped(message: string, device: string, detail: string, cause?: unknown): void {
    this.report(message, device, detail, cause);
  }

  fault(detail: string, cause: unknown): void {
    this.log.error(detail, cause);
  }

  private report(what: string, who: string, detail: string, cause?: unknown): void {
    this.droppedMessages.inc({ what });
    const now = Date.now();
    const quiet = this.quiet.get(what);
    if (quiet && now < quiet.until) {
      quiet.suppressed++;
      return;
    }
    this.quiet.set(what, { until: now + QUIET_MS, suppressed: 0 });
    this.log.warn(`refused: ${what}`, {
      peer: who.slice(0, 200),
      detail,
      alsoSuppressed: quiet?.suppressed ?? 0,
      ...(cause === undefined ? {} : { err: cause }),
    });
  }
}
