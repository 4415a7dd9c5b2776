import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Aedes } from 'aedes';
import { eventually } from '../support/eventually.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

describe('a broker that refuses the subscription', () => {
  let broker: Aedes;
  let server: Server;
  let plane: TestControlPlane;
  let refused = 0;
  let lets = false;
  beforeAll(async () => {
    broker = await Aedes.createBroker({
      authorizeSubscribe: (_, subscription, done) => {
        if (!lets) refused += 1;
        done(null, lets ? subscription : null);
      },
    });
    server = createServer((socket) => broker.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    plane = await startTestControlPlane({ MQTT_URL: `mqtt://127.0.0.1:${port}` });
  });
  afterAll(async () => {
    await plane.discard();
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  });

  it('is asked again on the same connection', async () => {
    const ready = async (): Promise<number> => (await plane.call('GET', '/readyz')).status;
    expect(refused).toBeGreaterThan(0);
    expect(await ready()).toBe(503);
    lets = true;
    await eventually('the control plane is ready', async () => (await ready()) === 200);
    expect(broker.connectedClients).toBe(1);
  });
});
