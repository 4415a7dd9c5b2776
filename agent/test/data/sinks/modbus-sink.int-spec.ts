import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SinkConfig, type SinkOf } from '@hamon/contracts';
import { Leases } from '../../../src/adapters/leases.js';
import { ModbusLink } from '../../../src/adapters/modbus-link.js';
import { ModbusSink } from '../../../src/data/sinks/modbus-sink.js';
import { WhenSink } from '../../../src/data/sinks/when-sink.js';
import { Plc, SilentServer } from '../../support/plc.js';
import { until } from '../../support/until.js';
import { label } from '../support/records.js';

let plc: Plc;
let trouble: string | null;
let events: string[];
const sinks: ModbusSink[] = [];
const links = new Leases<ModbusLink>((link) => link.close());

beforeEach(async () => {
  plc = await Plc.start();
  trouble = null;
  events = [];
});
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
  await plc.stop();
});

function open(more: object = {}, port = plc.port): ModbusSink {
  const mapping = {
    coils: [{ address: 1, value: 'defect' }],
    registers: [{ address: 100, value: 'answers' }],
  };
  const row = { kind: 'modbus', host: '127.0.0.1', port, timeoutMs: 2000, ...mapping, ...more };
  const config = SinkConfig.parse(row) as SinkOf<'modbus'>;
  const sink = new ModbusSink({
    config,
    link: links.take(`${port}`, () => new ModbusLink(config)),
    onEvent: ({ kind, detail }) => void events.push(`${kind}: ${detail}`),
    tellCondition: (_, told) => (trouble = told?.detail ?? null),
  });
  sinks.push(sink);
  return sink;
}

const defect = { ...label('dent', 0.9), verdict: 'defect' as const };
const good = { ...label('ok', 0.9), verdict: 'ok' as const };

describe('a sink that writes to a PLC', () => {
  it('holds there what was answered last', async () => {
    const sink = open();
    sink.write(defect);
    await until('the defect', () => plc.coils.get(1) === true);
    expect(plc.registers.get(100)).toBe(1);
    sink.write(good);
    await until('the good one', () => plc.coils.get(1) === false);
    expect(plc.registers.get(100)).toBe(2);
    expect(sink.dropped).toBe(0);
  });

  it('writes the newest where the PLC is slower than the answers, and counts the others', async () => {
    const sink = open();
    for (let i = 0; i < 1000; i += 1) sink.write(i === 999 ? defect : good);
    await until('the last one', () => plc.coils.get(1) === true);
    expect(plc.registers.get(100)).toBe(1000);
    expect(sink.dropped).toBe(998);
    expect({ trouble, events }).toEqual({ trouble: null, events: [] });
  });

  it('tells an exception once, leaves the PLC alone for a while, and goes on when it is over', async () => {
    plc.lastAddress = 50;
    const sink = open();
    await until('the trouble', () => {
      sink.write(defect);
      return trouble !== null;
    });
    for (let i = 0; i < 10_000; i += 1) sink.write(defect);
    expect(trouble).toMatch(
      /the Modbus server 127\.0\.0\.1:\d+ answers with Modbus exception 2: Illegal data address/,
    );
    expect(sink.dropped).toBeGreaterThanOrEqual(10_000);
    // The number was refused: the coil that says that it is there was not written.
    expect(plc.writes).toEqual([]);
    plc.lastAddress = 999;
    await until('the end', () => {
      sink.write(defect);
      return trouble === null;
    });
    expect(plc.coils.get(1)).toBe(true);
    expect(events).toHaveLength(1);
  });

  it('shows the change that the PLC has refused once it takes it, although no other follows', async () => {
    const sink = open();
    const view = new WhenSink(sink, { rule: { when: 'change', holdMs: 0 }, onHeld: () => undefined });
    view.write(good);
    await until('the good one', () => plc.registers.get(100) === 1);
    plc.lastAddress = 50;
    view.write(defect);
    await until('the trouble', () => trouble !== null);
    view.write(defect);
    plc.lastAddress = 999;
    await until('the defect', () => plc.coils.get(1) === true);
    await until('the end', () => trouble === null);
    expect(plc.registers.get(100)).toBe(2);
    expect(sink.dropped).toBe(0);
  });

  it('takes no answer for a sign of life that had to wait for too long', async () => {
    plc.lastAddress = 50;
    const coils = [
      { address: 1, value: 'defect' },
      { address: 2, value: 'alive' },
    ];
    const sink = open({ coils, aliveMs: 100 });
    const writtenAt = performance.now();
    sink.write(defect);
    await until('it is old', () => trouble !== null && performance.now() - writtenAt > 100);
    plc.lastAddress = 999;
    await until('the end', () => trouble === null);
    expect([plc.coils.get(1), plc.coils.get(2)]).toEqual([true, false]);
    expect(plc.writes).not.toContainEqual(['coil', 2, true]);
  });

  it('tells whether the PLC has what was answered', async () => {
    const sink = open();
    expect(await sink.shown({ host: '127.0.0.1', port: plc.port })).toBe(true);
    // The second waits behind the first, and whoever asks waits for both.
    sink.write(good);
    sink.write(defect);
    expect(await sink.shown({ host: '127.0.0.1', port: plc.port })).toBe(true);
    expect([plc.registers.get(100), plc.coils.get(1)]).toEqual([2, true]);
    plc.lastAddress = 50;
    sink.write(good);
    expect(await sink.shown({ host: '127.0.0.1', port: plc.port })).toBe(false);
    expect(await sink.shown({ host: '127.0.0.1', port: plc.port + 1 })).toBe(true);
  });

  it('survives a PLC that is gone, or takes the connection and says nothing', async () => {
    const silent = await SilentServer.start();
    const hung = open({ timeoutMs: 50 }, silent.port);
    await until('the trouble', () => {
      hung.write(defect);
      return /did not answer within 50 ms/.test(trouble ?? '');
    });
    await hung.close();
    await silent.stop();
    const sink = open();
    sink.write(good);
    await until('the good one', () => plc.registers.get(100) === 1);
    await plc.stop();
    await until('the trouble', () => {
      sink.write(defect);
      return /cannot be reached|closed the connection/.test(trouble ?? '');
    });
    await plc.listen();
    await until('the defect', () => {
      sink.write(defect);
      return plc.coils.get(1) === true && trouble === null;
    });
  });

  it('takes back that answers come when they do not', async () => {
    const sink = open({ coils: [{ address: 5, value: 'alive' }], registers: [], aliveMs: 100 });
    sink.write(good);
    await until('a sign of life', () => plc.coils.get(5) === true);
    await until('its end', () => plc.coils.get(5) === false);
    sink.write(good);
    await until('a sign of life', () => plc.coils.get(5) === true);
    await sink.close();
    expect(plc.coils.get(5)).toBe(false);
  });
});
