import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

  it('keeps the order of records that come together, for its own user alone', async () => {
    const first = await Outbox.open(folder.path, { ...LIMITS, maxRecords: 100 });
    const texts = Array.from({ length: 25 }, (_, i) => `record ${i}`);
    await Promise.all(texts.map((text) => first.add({ kind: 'event', bytes: bytes(text) })));
    const files = await readdir(folder.path);
    expect(files).toHaveLength(25);
    for (const file of files) expect((await stat(join(folder.path, file))).mode & 0o777).toBe(0o600);
    expect(await drain(await Outbox.open(folder.path, { ...LIMITS, maxRecords: 100 }))).toEqual(texts);
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

  it('drops what comes faster than the disk takes it in the same way', async () => {
    const outbox = await Outbox.open(folder.path, LIMITS);
    const records = Array.from({ length: 200 }, (_, i) => `${i % 2 === 0 ? 'telemetry' : 'event'} ${i}`);
    // All in one turn: nothing is written meanwhile but the first one.
    await Promise.all(
      records.map((text) =>
        outbox.add({ kind: text.startsWith('event') ? 'event' : 'telemetry', bytes: bytes(text) }),
      ),
    );
    const sent = await drain(outbox);
    expect(sent).toEqual(['event 193', 'event 195', 'event 197', 'event 199']);
    expect(outbox.takeDropped()).toBe(records.length - sent.length);
  });

  it('bounds what waits for the disk in bytes too', async () => {
    const outbox = await Outbox.open(folder.path, { maxRecords: 1000, maxBytes: 10 });
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => outbox.add({ kind: 'event', bytes: bytes(String(1000 + i)) })),
    );
    expect(await drain(outbox)).toEqual(['1198', '1199']);
    expect(outbox.takeDropped()).toBe(198);
  });

  it('ignores what a power cut left torn', async () => {
    await writeFile(join(folder.path, '000000000001-event'), '');
    await writeFile(join(folder.path, 'rubbish'), 'x');
    await mkdir(join(folder.path, 'lost+found'));
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

  it('goes on behind a record that no connection outlives, and counts it', async () => {
    const outbox = await Outbox.open(folder.path, LIMITS);
    for (const text of ['1', 'poison', '3']) await outbox.add({ kind: 'event', bytes: bytes(text) });
    const sent: string[] = [];
    const broker = {
      isConnected: true,
      publish: async (_: string, payload: Uint8Array): Promise<void> => {
        const text = Buffer.from(payload).toString('utf8');
        broker.isConnected = text !== 'poison';
        if (!broker.isConnected) throw new AgentError('offline', 'the connection was closed');
        sent.push(text);
      },
    };
    const sender = new OutboxSender(outbox, broker, 'acme', 'cam-1');
    for (let connection = 0; connection < 10; connection += 1) {
      broker.isConnected = true;
      await sender.kick();
    }
    expect(sent).toEqual(['1', '3']);
    expect(outbox.takeDropped()).toBe(1);
  });

  it('drops nothing for a broker that is only slow', async () => {
    const outbox = await Outbox.open(folder.path, LIMITS);
    await outbox.add({ kind: 'event', bytes: bytes('1') });
    const late = async (): Promise<void> => {
      throw new AgentError('offline', 'no acknowledgement');
    };
    const sender = new OutboxSender(outbox, { isConnected: true, publish: late }, 'acme', 'cam-1');
    for (let attempt = 0; attempt < 20; attempt += 1) await sender.kick();
    expect(await drain(outbox)).toEqual(['1']);
  });

  it('is sent on by a call in the turn in which the sender ends', async () => {
    const outbox = await Outbox.open(folder.path, LIMITS);
    await outbox.add({ kind: 'event', bytes: bytes('1') });
    const sent = new Promise<void>((resolve) => {
      let isConnected = false;
      const sender: OutboxSender = new OutboxSender(
        outbox,
        {
          get isConnected() {
            // The connection comes right behind the look that did not find it.
            if (!isConnected) queueMicrotask(() => void sender.kick());
            const before = isConnected;
            isConnected = true;
            return before;
          },
          publish: async () => resolve(),
        },
        'acme',
        'cam-1',
      );
      void sender.kick();
    });
    await sent;
  });
});
