import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrol } from '../support/enrol.js';
import { otherFleet, setPolicy } from '../support/samples.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(() => plane.discard());

const put = (document: unknown) => plane.call<Record<string, unknown>>('PUT', '/v1/fleet/policy', document);

describe("a fleet's policy", () => {
  it('lets nothing leave the devices until somebody says so', async () => {
    const { body } = await plane.call('GET', '/v1/fleet/policy');
    expect(body).toMatchObject({
      ...{ schema: 'hamon.fleet-policy/1', version: 0, changedAt: null, changedBy: null },
      samples: { upload: false, retentionDays: 30 },
    });
    const device = await enrol(plane);
    const authorization = `Bearer ${await device.token()}`;
    const asked = await plane.call('GET', '/v1/samples/policy', undefined, { authorization });
    expect(asked).toMatchObject({
      status: 200,
      body: { schema: 'hamon.sample-policy/1', upload: false, maxBytesPerDeviceDay: 50 * 1024 ** 2 },
    });
  });

  it('changes as a whole, with its history, its author and an entry of the ledger', async () => {
    expect(await setPolicy(plane, { retentionDays: 7 })).toMatchObject({
      status: 200,
      body: { version: 1, changedBy: 'admin:bootstrap', samples: { upload: true, retentionDays: 7 } },
    });
    expect((await setPolicy(plane, { retentionDays: 8 })).body.version).toBe(2);
    // Said again it changes nothing.
    expect((await setPolicy(plane, { retentionDays: 8 })).body.version).toBe(2);
    const { body: history } = await plane.call('GET', '/v1/fleet/policy/versions');
    expect(history).toMatchObject({ items: [{ version: 2 }, { version: 1 }], total: 2 });
    const { body: former } = await plane.call('GET', '/v1/fleet/policy?version=1');
    expect(former).toMatchObject({ version: 1, samples: { retentionDays: 7 } });
    const { body: ledger } = await plane.call('GET', '/v1/audit?action=fleet.policy');
    expect(ledger).toMatchObject({
      items: [
        {
          subject: 'default',
          detail: { version: 2, before: { retentionDays: 7 }, after: { retentionDays: 8 } },
        },
        { detail: { version: 1 } },
      ],
    });
  });

  it('may be read, changed and sent back, unless somebody else was faster', async () => {
    const { body: read } = await plane.call<Record<string, unknown>>('GET', '/v1/fleet/policy');
    const changed = { ...read, samples: { ...(read['samples'] as object), retentionDays: 9 } };
    expect(await put(changed)).toMatchObject({ status: 200, body: { samples: { retentionDays: 9 } } });
    expect(await put(changed)).toMatchObject({ status: 409, body: { code: 'policy-changed' } });
  });

  it.each([
    [{ schema: 'hamon.fleet-policy/1' }, 'samples'],
    [{ schema: 'hamon.fleet-policy/2', samples: {} }, 'schema'],
    [{ schema: 'hamon.fleet-policy/1', samples: { upload: 'yes' } }, 'samples.upload'],
    [{ schema: 'hamon.fleet-policy/1', samples: { retentionDays: 0 } }, 'samples.retentionDays'],
    [
      { schema: 'hamon.fleet-policy/1', samples: { maxBytesPerDeviceDay: -1 } },
      'samples.maxBytesPerDeviceDay',
    ],
    [{ schema: 'hamon.fleet-policy/1', samples: { retention: 3 } }, 'samples'],
    [{ schema: 'hamon.fleet-policy/1', samples: {}, images: {} }, '(document)'],
  ])('is refused by the name of what is wrong: %j', async (document, field) => {
    expect(await put(document)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ field }] },
    });
  });

  it('is its own: another fleet has another one, and a device sets none', async () => {
    const other = await otherFleet(plane);
    const { body } = await plane.call('GET', '/v1/fleet/policy', undefined, other);
    expect(body).toMatchObject({ version: 0, samples: { upload: false } });
    const device = await enrol(plane);
    const authorization = `Bearer ${await device.token()}`;
    const document = { schema: 'hamon.fleet-policy/1', samples: { upload: true } };
    const refused = await plane.call('PUT', '/v1/fleet/policy', document, { authorization });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await plane.call('GET', '/v1/samples/policy')).toMatchObject({ status: 403 });
  });

  it('has versions that do not skip, however many change it at once', async () => {
    const answers = await Promise.all(
      [11, 12, 13, 14].map((days) => setPolicy(plane, { retentionDays: days })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { body } = await plane.call<{ items: { version: number }[] }>('GET', '/v1/fleet/policy/versions');
    const versions = body.items.map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, at) => versions.length - at));
  });
});
