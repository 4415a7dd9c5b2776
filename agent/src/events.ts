import { randomUUID } from 'node:crypto';
import { encodeMessage, type DeviceEvent } from '@hamon/contracts';
import type { Logger } from 'pino';
import type { Outbox } from './adapters/outbox.js';
import type { DeviceNews } from './runner/runner-context.js';

/** The device's history: every line goes to the log at once and to the control plane when it can be reached. */
export class Events {
  constructor(
    private readonly device: string,
    private readonly outbox: Pick<Outbox, 'add'>,
    private readonly log: Logger,
    private readonly onAdded: () => void,
    private readonly now: () => Date = () => new Date(),
  ) {}

  tell(
    kind: DeviceEvent['kind'],
    { version = null, model, stream, reason = null, detail = '' }: DeviceNews = {},
  ): void {
    this.log[reason ? 'warn' : 'info'](
      { event: kind, version, model, stream, reason, detail },
      `event: ${kind}`,
    );
    const event: DeviceEvent = {
      schema: 'hamon.event/1',
      id: randomUUID(),
      device: this.device,
      at: this.now().toISOString(),
      kind,
      version,
      ...(model !== undefined && version === null && { model }),
      ...(stream !== undefined && { stream }),
      reason,
      detail: detail.slice(0, 500),
    };
    void this.outbox.add({ kind: 'event', bytes: encodeMessage('event', event) }).then(this.onAdded);
  }
}
