import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeMessage,
  deviceTopic,
  type InferenceResult,
  type ResultRecord,
  type SegmentationAnswer,
} from '@hamon/contracts';
import { MqttSink, type ResultPublisher } from '../../../src/data/sinks/mqtt-sink.js';
import { Scene } from '../../support/scene.js';
import { FLEET, QUICK_POLICY } from '../../support/test-fleet.js';
import { until } from '../../support/until.js';
import { CLOUD_RESULT } from '../support/cloud-server.js';

const record: ResultRecord = {
  ...{ schema: 'hamon.record/2', at: '2030-01-01T00:00:00.000Z', stream: 'main', result: CLOUD_RESULT },
};

class FakeBroker implements ResultPublisher {
  isConnected = true;
  readonly unconfirmed: (() => void)[] = [];

  publish(): Promise<void> {
    return new Promise((resolve) => this.unconfirmed.push(resolve));
  }
}

describe('MqttSink', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  it("publishes each frame's result on the device's own topic", async () => {
    const { fleet } = scene;
    const { id } = await scene.running(await scene.bundle('1.0.0'), QUICK_POLICY, {
      sinks: [{ kind: 'mqtt' }],
    });
    await until('some results', () => fleet.results.length >= 5);
    for (const { topic, record: published } of fleet.results) {
      expect(topic).toBe(deviceTopic('results', FLEET, id));
      expect(published).toMatchObject({ result: { model: 'tiny', version: '1.0.0', source: 'edge' } });
    }
  });

  it('drops and counts what the broker cannot take now', async () => {
    const publisher = new FakeBroker();
    const sink = new MqttSink({ fleet: 'f', device: 'd', publisher });
    for (let i = 0; i < 20; i += 1) sink.write(record);
    expect(publisher.unconfirmed).toHaveLength(8);
    expect(sink.dropped).toBe(12);

    publisher.isConnected = false;
    for (const confirm of publisher.unconfirmed.splice(0)) confirm();
    await sink.close();
    sink.write(record);
    expect(sink.dropped).toBe(13);
    expect(publisher.unconfirmed).toHaveLength(0);
  });

  it('sends what is too large without its mask, or as an error that says so', async () => {
    const sent: ResultRecord[] = [];
    const publisher: ResultPublisher = {
      isConnected: true,
      publish: (_topic, payload) => {
        const message = decodeMessage('results', payload);
        if (message.ok) sent.push(message.value);
        return Promise.resolve();
      },
    };
    const sink = new MqttSink({ fleet: 'f', device: 'd', publisher });
    const of = (result: Partial<InferenceResult>): ResultRecord => ({
      ...record,
      result: { ...CLOUD_RESULT, ...result },
    });
    const region = { label: 'scratch', area: 9, box: { x: 1, y: 2, width: 3, height: 3 } };
    const masked = (runs: number): SegmentationAnswer => ({
      ...{ regions: [region], shares: { scratch: 0.1 } },
      mask: { width: 1000, height: 1000, rle: Array.from({ length: runs }, (_, i) => i) },
    });
    sink.write(of({ task: 'segmentation', output: masked(10) }));
    sink.write(of({ task: 'segmentation', output: masked(100_000) }));
    const probabilities = Array.from({ length: 10_000 }, () => 0.123_456_789);
    sink.write(of({ output: { label: 'good', confidence: 1, probabilities } }));
    await sink.close();

    expect(sent.map(({ result }) => result?.output)).toEqual([
      masked(10),
      { ...masked(0), mask: { width: 1000, height: 1000, rle: [] } },
      undefined,
    ]);
    expect(sent[2]).toMatchObject({ stream: 'main', error: { code: 'too-large' } });
    expect([sink.dropped, sink.shortened]).toEqual([0, 2]);
  });
});
