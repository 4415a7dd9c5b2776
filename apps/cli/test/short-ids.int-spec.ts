import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeServer, json } from './support/fake-server.js';
import { hamon } from './support/run.js';

const IDS = ['7f5b3d0e-1111-4222-8333-444455556666', '7f5b3d0e-2222-4222-8333-444455556666'];

let server: FakeServer;
/** What the server finds under the beginning that was asked for. */
let found: string[] = [];

beforeAll(async () => {
  server = await FakeServer.start();
  for (const list of ['rollouts', 'compressions', 'enrolment-tokens']) {
    server.on(`GET /v1/${list}`, (_request, response) =>
      json(response, { items: found.map((id) => ({ id })), next: null }),
    );
  }
});
afterAll(() => server.stop());

describe('an id that is given by its beginning', () => {
  const commands = [
    { noun: 'rollout', args: ['rollout', 'abort'], list: 'rollouts' },
    { noun: 'compression', args: ['compression', 'cancel'], list: 'compressions' },
    { noun: 'enrolment token', args: ['enrol-token', 'revoke'], list: 'enrolment-tokens' },
  ];

  it.each(commands)('does nothing to any $noun where it begins several', async ({ args, list }) => {
    found = IDS;
    const said = await hamon([...args, '7f5b', ...server.flags]);
    expect(said.code).toBe(1);
    expect(said.err).toContain(`"7f5b" begins several: ${IDS.join(', ')}`);
    expect(server.received.at(-1)).toMatchObject({ method: 'GET', path: `/v1/${list}` });
  });

  it.each(commands)('says that there is no such $noun where it begins none', async ({ args, noun }) => {
    found = [];
    const said = await hamon([...args, '7f5b', ...server.flags]);
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining(`no ${noun} has an id that begins`) });
  });

  it.each(commands)('is wrong usage for a $noun where it is too short to mean one', async ({ args }) => {
    const said = await hamon([...args, '7f', ...server.flags]);
    expect(said.code).toBe(2);
  });
});
