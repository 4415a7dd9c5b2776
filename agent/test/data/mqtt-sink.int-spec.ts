import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceTopic } from '@hamon/contracts';
import { MqttSink, type ResultPublisher } from '../../src/data/sinks/mqtt-sink.js';
import { Scene } from '../support/scene.js';
import { FLEET, QUICK_POLICY } from '../support/test-fleet.js';
import { until } from '../support/until.js';
import { CLOUD_RESULT } from './support/cloud-server.js';

const record = { schema: 'hamon.record/1', at: '2030-01-01T00:00:00.000Z', result: CLOUD_RESULT } as const;

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
});
