import { describe, expect, it } from 'vitest';
import type { RunningVersion } from '@hamon/contracts';
import pc from 'picocolors';
import { auditText } from '../src/views/audit-view.js';
import { deviceText } from '../src/views/device-view.js';
import { rolloutDetails } from '../src/views/rollout-details.js';
import { fields, table } from '../src/views/table.js';
import { deviceView, ROLLOUT, rolloutView } from './support/views.js';

const plain = pc.createColors(false);
const HOSTILE = 'out of disk\nonline    yes\r\u001b[2J\u202edevice    cam-1';
const SHOWN = 'out of disk\\nonline    yes\\r\\u001b[2J\\u202edevice    cam-1';

const version: RunningVersion = {
  ...{ model: 'tile-inspector', version: '2.0.0', variant: 'fp32' },
  ...{ bundle: 'a'.repeat(64), sequence: 3 },
};
const reason = { code: 'disk-full', detail: HOSTILE } as const;

describe("a device's text with line ends and control characters", () => {
  it('makes no line of its own in what is shown of the device', () => {
    const text = deviceText(
      plain,
      deviceView({
        deployment: { version, state: 'refused', chunks: { have: 0, total: 0 }, reason },
        rejection: { code: 'manifest-expired', detail: HOSTILE },
      }),
    );
    expect(text.split('\n').filter((line) => line.startsWith('online'))).toHaveLength(1);
    expect(text.split('\n').filter((line) => line.startsWith('device '))).toHaveLength(1);
    expect(text).toContain(`disk-full: ${SHOWN}`);
    expect(text).toContain(`manifest-expired: ${SHOWN}`);
  });

  it('makes no row of its own in what is shown of a rollout, nor of the ledger', () => {
    const member = {
      ...{ device: 'cam-1', variant: 'fp32', hardwareClass: 'x', stage: 0, state: 'refused' as const },
      ...{ online: true, previousVersion: null, reason, waitsFor: null, status: 'failed' as const },
    };
    const text = rolloutDetails(plain, rolloutView({ reason: HOSTILE }), {
      items: [member],
      next: null,
      total: 1,
    });
    expect(text.split('\n').filter((line) => line.startsWith('online'))).toEqual([]);
    const entry = { id: '1', at: '2026-03-01T12:00:00.000Z', actor: 'x', action: 'y', subject: ROLLOUT };
    const ledger = auditText(plain, [{ ...entry, detail: { why: HOSTILE } }]);
    expect(ledger.split('\n')).toHaveLength(2);
    expect(ledger).toContain(SHOWN);
  });

  it('makes none either where a view forgot about it', () => {
    expect(fields(plain, [['reason', 'a\nb']])).toBe('reason  a\\nb');
    expect(table(plain, ['A'], [['a\nb']]).split('\n')).toHaveLength(2);
  });
});
