import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pino } from 'pino';
import { Outbox } from '../src/adapters/outbox.js';
import { AgentConfig } from '../src/config.js';
import { ControlLink, type ControlLinkOptions } from '../src/control-link.js';
import { EMPTY_STATE } from '../src/core/device-state.js';
import { Events } from '../src/events.js';

test('telling that a full outbox dropped records does not push the other records out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-outbox-'));
  const maxRecords = 10;
  const outbox = await Outbox.open(folder, { maxRecords, maxBytes: 1024 ** 2 });
  const log = pino({ level: 'silent' });
  const events = new Events('d', outbox, log, () => link.send());
  // Never started: a device without network.
  const link = new ControlLink({
    identity: { fleet: 'f', device: 'd', mqttUrl: 'mqtt://127.0.0.1:1' },
    config: AgentConfig.parse({}),
    keeper: { state: EMPTY_STATE },
    ...{ outbox, events, log },
  } as unknown as ControlLinkOptions);
  try {
    for (let i = 0; i < 3 * maxRecords; i++) {
      await outbox.add({ kind: 'telemetry', bytes: Buffer.from(`window ${i}`) });
      link.send();
    }
    // Behind whatever those calls have put in line.
    for (let i = 0; i < maxRecords; i++) await outbox.add({ kind: 'telemetry', bytes: Buffer.from('last') });
    const names = await readdir(folder);
    expect(names).toHaveLength(maxRecords);
    expect(names.filter((name) => name.endsWith('-event'))).toEqual([]);
    expect(outbox.takeDropped()).toBe(3 * maxRecords);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
