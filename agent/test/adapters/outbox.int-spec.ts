import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Outbox } from '../../src/adapters/outbox.js';
import { OutboxSender } from '../../src/adapters/outbox-sender.js';
import { AgentError } from '../../src/agent-error.js';
import { temporaryFolder } from '../support/test-bundles.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const LIMITS = { maxRecords: 4, maxBytes: 1000 };

describe('the outbox', () => {
  let folder: { path: string; remove: () => Promise<void> };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  const drain = async (outbox: Outbox): Promise<string[]> => {
    const sent: string[] = [];
    const publish = async (_: string, payload: Uint8Array): Promise<void> => {
      sent.push(Buffer.from(payload).toString('utf8'));
    };
    await new OutboxSender(outbox, { isConnected: true, publish }, 'acme', 'cam-1').kick();
    return sent;
  };

  it('keeps the order over a restart, and leaves nothing behind', async () => {
    const first = await Outbox.open(folder.path, LIMITS);
    await first.add({ kind: 'event', bytes: bytes('1') });
    await first.add({ kind: 'telemetry', bytes: bytes('2') });
    const second = await Outbox.open(folder.path, LIMITS);
    await second.add({ kind: 'event', bytes: bytes('3') });
    expect(await drain(second)).toEqual(['1', '2', '3']);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('drops the oldest windows first, then events, and counts', async () => {
    const outbox = await Outbox.open(folder.path, LIMITS);
    for (const [kind, text] of [
      ['event', 'e1'],
      ['telemetry', 't1'],
      ['telemetry', 't2'],
      ['event', 'e2'],
    ] as const) {
      await outbox.add({ kind, bytes: bytes(text) });
    }
    await outbox.add({ kind: 'event', bytes: bytes('e3') });
    await outbox.add({ kind: 'event', bytes: bytes('e4') });
    await outbox.add({ kind: 'event', bytes: bytes('e5') });
    expect(outbox.takeDropped()).toBe(3);
    expect(outbox.takeDropped()).toBe(0);
    expect(await drain(outbox)).toEqual(['e2', 'e3', 'e4', 'e5']);
  });

  it('is bounded in bytes too', async () => {
    const outbox = await Outbox.open(folder.path, { maxRecords: 100, maxBytes: 10 });
    for (const text of ['aaaa', 'bbbb', 'cccc']) await outbox.add({ kind: 'telemetry', bytes: bytes(text) });
    expect(await drain(outbox)).toEqual(['bbbb', 'cccc']);
  });

  it('ignores what a power cut left torn', async () => {
    await writeFile(join(folder.path, '000000000001-event'), '');
    await writeFile(join(folder.path, 'rubbish'), 'x');
    const outbox = await Outbox.open(folder.path, LIMITS);
    expect(outbox.length).toBe(0);
  });

  it('keeps records in memory where the disk does not take them', async () => {
    const outbox = await Outbox.open(join(folder.path, 'gone'), LIMITS);
    await folder.remove();
    await outbox.add({ kind: 'event', bytes: bytes('kept') });
    expect(await drain(outbox)).toEqual(['kept']);
  });

  it('keeps a record until it is confirmed', async () => {
    const outbox = await Outbox.open(folder.path, LIMITS);
    await outbox.add({ kind: 'event', bytes: bytes('1') });
    const lost = async (): Promise<void> => {
      throw new AgentError('offline', 'gone');
    };
    await new OutboxSender(outbox, { isConnected: true, publish: lost }, 'acme', 'cam-1').kick();
    expect(await drain(outbox)).toEqual(['1']);
  });
});
