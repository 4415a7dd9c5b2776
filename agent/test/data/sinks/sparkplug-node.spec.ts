import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { get } from 'sparkplug-payload';
import { loadSparkplug } from '../../../src/adapters/sparkplug-payload.js';
import type { PlantMessage } from '../../../src/adapters/plant-session.js';
import { sparkplugMetrics } from '../../../src/data/sinks/sparkplug-metrics.js';
import { SparkplugNode } from '../../../src/data/sinks/sparkplug-node.js';
import { detections, errorRecord, label, values } from '../support/records.js';
import { SparkplugHost } from '../support/sparkplug-host.js';

const codec = await loadSparkplug();
function node(): SparkplugNode {
  let connections = -1;
  const nextConnection = (): Promise<number> => Promise.resolve((connections = (connections + 1) % 256));
  const now = (): Date => new Date('2026-11-29T12:00:00Z');
  return new SparkplugNode({ group: 'plant', node: 'cam-1', codec, nextConnection, now });
}

const RECORDS = [
  label('dent', 0.9, 'a'),
  label('ok', 0.8, 'b'),
  values({ width: 4, height: 5 }, 'a'),
  values({ width: 4 }, 'b'),
];

/** A broker of the moment: what is published reaches the host in its order. */
async function connect(edge: SparkplugNode, host: SparkplugHost): Promise<PlantMessage> {
  const will = await edge.will();
  await edge.greet((message) => Promise.resolve(host.receive(message)));
  return will;
}

describe('a Sparkplug B edge node', () => {
  it('lets a host follow it by its numbers, over whatever happens', async () => {
    const action = fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...RECORDS) },
      { weight: 1, arbitrary: fc.constantFrom('rebirth' as const, 'lost' as const, 'left' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 600 }), async (actions) => {
        const [edge, host] = [node(), new SparkplugHost()];
        let will = await connect(edge, host);
        for (const action of actions) {
          if (action === 'rebirth') edge.births().forEach((birth) => host.receive(birth));
          else if (action === 'lost') {
            const old = will;
            will = await connect(edge, host);
            // The broker notices late that the former connection is gone: its death is not that of this one.
            host.receive(old);
          } else if (action === 'left') {
            await edge.takeLeave((message) => Promise.resolve(host.receive(message)));
            expect(host.isAlive).toBe(false);
            will = await connect(edge, host);
          } else host.receive(edge.say(action.stream, sparkplugMetrics(action)));
          expect(host.isAlive).toBe(true);
        }
        host.receive(will);
        expect(host.isAlive).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('tells a stream anew when its metrics become others', async () => {
    const [edge, host] = [node(), new SparkplugHost()];
    await connect(edge, host);
    const say = (record: (typeof RECORDS)[number]): string => {
      const message = edge.say(record.stream, sparkplugMetrics(record));
      host.receive(message);
      return message.topic;
    };
    expect(say(values({ width: 4 }, 'a'))).toBe('spBv1.0/plant/DBIRTH/cam-1/a');
    expect(say(values({ width: 5 }, 'a'))).toBe('spBv1.0/plant/DDATA/cam-1/a');
    expect(say(values({ width: 5, height: 1 }, 'a'))).toBe('spBv1.0/plant/DBIRTH/cam-1/a');
    expect(host.metricsOf('a')).toMatchObject({ 'value/width': 5, 'value/height': 1 });
  });

  it('tells a stream dead that is no more, once, where its birth was told', async () => {
    const [edge, host] = [node(), new SparkplugHost()];
    await connect(edge, host);
    for (const record of RECORDS) host.receive(edge.say(record.stream, sparkplugMetrics(record)));
    const death = edge.bury('a')!;
    expect(death.topic).toBe('spBv1.0/plant/DDEATH/cam-1/a');
    host.receive(death);
    expect([host.metricsOf('a'), edge.bury('a'), edge.bury('c')]).toEqual([undefined, undefined, undefined]);
    edge.births().forEach((birth) => host.receive(birth));
    expect([host.metricsOf('a'), host.metricsOf('b') !== undefined]).toEqual([undefined, true]);
    host.receive(edge.say('a', sparkplugMetrics(RECORDS[0]!)));
    expect(host.metricsOf('a')).toBeDefined();
  });

  it('says of every task what it has, and null for the rest', async () => {
    const [edge, host] = [node(), new SparkplugHost()];
    await connect(edge, host);
    const told = (record: Parameters<typeof sparkplugMetrics>[0]): unknown => {
      host.receive(edge.say(record.stream, sparkplugMetrics(record)));
      return host.metricsOf(record.stream);
    };
    expect(told({ ...label('dent', 0.5, 'a'), verdict: 'defect' })).toMatchObject({
      ...{ verdict: 'defect', defect: true, label: 'dent', confidence: 0.5, score: null, count: null },
      ...{ latencyMs: 4, source: 'edge', model: 'tiles@1.0.0', error: null, correlation: null },
    });
    expect(told(detections())).toMatchObject({ label: null, count: 0, defect: null });
    expect(told({ ...errorRecord('no-frame'), trigger: { kind: 'mqtt', correlation: '7' } })).toMatchObject({
      ...{ error: 'no-frame', correlation: '7', model: null },
    });
  });

  it('is asked for a rebirth by the one metric that asks', () => {
    const tahu = get('spBv1.0')!;
    const command = (name: string, value: boolean): Uint8Array =>
      tahu.encodePayload({ timestamp: 1, metrics: [{ name, value, type: 'Boolean' }] });
    const edge = node();
    expect(edge.commandTopic).toBe('spBv1.0/plant/NCMD/cam-1');
    expect(edge.asksForRebirth(command('Node Control/Rebirth', true))).toBe(true);
    expect(edge.asksForRebirth(command('Node Control/Rebirth', false))).toBe(false);
    expect(edge.asksForRebirth(command('Node Control/Reboot', true))).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(typeof edge.asksForRebirth(bytes)).toBe('boolean');
      }),
    );
  });
});
