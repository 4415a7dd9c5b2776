import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogsCommand, RestartCommand } from '@hamon/contracts';
import { acceptOrder, EMPTY_ORDERS, OrderRecord, started } from '../../src/core/order-record.js';

type Event = LogsCommand | RestartCommand | 'start';

const order = fc
  .record({ kind: fc.constantFrom('logs' as const, 'restart' as const), n: fc.integer({ min: 0, max: 12 }) })
  .map(({ kind, n }): LogsCommand | RestartCommand => {
    const at = new Date(Date.UTC(2026, 2, 1) + n * 1000).toISOString();
    const suffix = `${kind === 'logs' ? 1 : 2}${String(n).padStart(11, '0')}`;
    const head = {
      ...({ schema: 'hamon.command/1', fleet: 'f', device: 'd', issuedAt: at, expiresAt: at } as const),
      id: `7f1d2b8e-52f6-4b0e-9f0e-${suffix}`,
    };
    return kind === 'logs' ? { ...head, kind, lines: 10 } : { ...head, kind };
  });
const events = fc.array(fc.oneof(order, fc.constant('start' as const)), { maxLength: 40 });

test('each restart is obeyed once, and nothing that is older than what was obeyed', () => {
  fc.assert(
    fc.property(events, (told: readonly Event[]) => {
      let record = EMPTY_ORDERS;
      const obeyed: string[] = [];
      let newest = '';
      for (const event of told) {
        if (event === 'start') {
          record = started(record);
          continue;
        }
        const { next, verdict } = acceptOrder(event, record);
        // What is kept on disk is what the next start reads.
        record = OrderRecord.parse(JSON.parse(JSON.stringify(next)));
        if (verdict !== 'obey') continue;
        expect(obeyed).not.toContain(event.id);
        expect(event.issuedAt > newest).toBe(true);
        obeyed.push(event.id);
        newest = event.issuedAt;
      }
    }),
  );
});

test('a start is what a restart waits for, and nothing else', () => {
  fc.assert(
    fc.property(order, (command) => {
      const { next } = acceptOrder(command, EMPTY_ORDERS);
      expect(started(next).restart?.isBack).toBe(command.kind === 'restart' ? true : undefined);
      expect(acceptOrder(command, started(next)).verdict).toBe('again');
    }),
  );
});
