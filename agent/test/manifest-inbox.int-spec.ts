import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_POLICY, type ManifestOrder, type Reason, type ModelReport } from '@hamon/contracts';
import { documentDigest, generateSigningKey, publicJwkOf, signManifest, type SigningJwk } from '@hamon/trust';
import { EMPTY_STATE, type DeviceState } from '../src/core/device-state.js';
import { ManifestInbox } from '../src/manifest-inbox.js';
import { StateKeeper } from '../src/state-keeper.js';
import { targetOf } from './support/states.js';

const DAY_MS = 86_400_000;
const ISSUED = new Date('2026-03-01T00:00:00.000Z');

describe('the manifest inbox', () => {
  let key: SigningJwk;
  let keeper: StateKeeper<DeviceState>;
  let told: string[];
  let named: ModelReport['rejected'][];
  let clock: Date;
  let believed: Date | undefined;
  let inbox: ManifestInbox;

  beforeAll(async () => {
    key = await generateSigningKey();
  });
  beforeEach(() => {
    told = [];
    named = [];
    clock = new Date(ISSUED.getTime() + 1000);
    believed = undefined;
    keeper = new StateKeeper(EMPTY_STATE, { save: async () => undefined }, () => undefined);
    inbox = new ManifestInbox({
      ...{ fleet: 'acme', device: 'cam-1', keeper, maxBytes: 100_000, now: () => clock },
      believed: () => believed,
      manifestKey: publicJwkOf(key),
      onAccepted: () => told.push('accepted'),
      onKnown: () => told.push('known'),
      onRejected: (_, reason: Reason, what) => {
        told.push(reason.code);
        named.push(what);
      },
    });
  });

  const signed = async (sequence: number, issued = ISSUED, order?: ManifestOrder) => {
    const { bundle } = targetOf('a', sequence);
    return Buffer.from(
      JSON.stringify(
        await signManifest(
          {
            ...{ schema: 'hamon.manifest/1', fleet: 'acme', device: 'cam-1', sequence, bundle },
            issuedAt: issued.toISOString(),
            expiresAt: new Date(issued.getTime() + 7 * DAY_MS).toISOString(),
            ...{ model: 'tiny', version: '1.0.0', variant: 'fp32', policy: DEFAULT_DEVICE_POLICY },
            ...(order && { order }),
          },
          key,
        ),
      ),
    );
  };

  it('accepts with a clock at 1970, and then judges expiry by what it has seen signed', async () => {
    clock = new Date(0);
    await inbox.receive('tiny', await signed(1));
    await inbox.receive('tiny', await signed(3, new Date(ISSUED.getTime() - 8 * DAY_MS)));
    expect(told).toEqual(['accepted', 'manifest-expired']);
    expect(keeper.state.models['tiny']?.accepted?.sequence).toBe(1);
  });

  it('takes nothing new with a clock years ahead, is not troubled by what it knows, and recovers with the clock', async () => {
    await inbox.receive('tiny', await signed(1));
    clock = new Date('2031-01-01');
    await inbox.receive('tiny', await signed(1));
    await inbox.receive('tiny', await signed(2));
    clock = new Date(ISSUED.getTime() + DAY_MS);
    await inbox.receive('tiny', await signed(2));
    expect(told).toEqual(['accepted', 'known', 'manifest-expired', 'accepted']);
  });

  it('is not locked out by a manifest from a server whose clock stood at 2099', async () => {
    believed = clock;
    await inbox.receive('tiny', await signed(1, new Date('2099-01-01')));
    await inbox.receive('tiny', await signed(2));
    expect(told).toEqual(['manifest-from-future', 'accepted']);
    expect(keeper.state.timeFloor).toBe(ISSUED.toISOString());
  });

  it('takes a manifest under the topic of its own model only, and keeps each model’s sequence apart', async () => {
    const one = await signed(1);
    await inbox.receive('other', one);
    expect(keeper.state.models).toEqual({});
    await inbox.receive('tiny', one);
    await inbox.receive('other', new Uint8Array(0));
    expect(told).toEqual(['manifest-foreign-model', 'accepted', 'accepted']);
    expect(Object.keys(keeper.state.models)).toEqual(['tiny']);
  });

  it('removes a model by a signed order, and does not take back what came before it', async () => {
    const former = await signed(4);
    await inbox.receive('tiny', await signed(5, ISSUED, 'unassign'));
    await inbox.receive('tiny', former);
    await inbox.receive('tiny', await signed(5, ISSUED, 'unassign'));
    await inbox.receive('tiny', await signed(6));
    expect(told).toEqual(['accepted', 'manifest-older', 'known', 'accepted']);
  });

  it('survives rubbish and what is too large', async () => {
    await inbox.receive('tiny', Buffer.from('{'));
    await inbox.receive('tiny', Buffer.from([0xff, 0xfe]));
    await inbox.receive('tiny', Buffer.alloc(100_001, 0x20));
    expect(told).toEqual(['manifest-malformed', 'manifest-malformed', 'manifest-malformed']);
  });

  it('names what it rejects by its bytes, and rubbish by nothing', async () => {
    const late = await signed(7, new Date(ISSUED.getTime() - 8 * DAY_MS));
    await inbox.receive('tiny', late);
    // The same document in other JSON is the same; in another spelling it is none.
    const jws = JSON.parse(late.toString());
    await inbox.receive('tiny', Buffer.from(JSON.stringify(jws, null, 2)));
    await inbox.receive('tiny', Buffer.from('{}'));
    await inbox.receive('tiny', Buffer.from(JSON.stringify({ ...jws, payload: `${jws.payload}=` })));
    await inbox.receive('tiny', Buffer.from(JSON.stringify({ ...jws, payload: 'e30' })));
    const what = { sequence: 7, digest: documentDigest(jws) };
    const other = { sequence: null, digest: documentDigest({ ...jws, payload: 'e30' }) };
    expect(named).toEqual([what, what, null, null, other]);
  });

  it('takes an empty message for a wish taken back, which changes nothing that runs', async () => {
    await inbox.receive('tiny', await signed(1));
    await inbox.receive('tiny', new Uint8Array(0));
    expect(keeper.state.models['tiny']?.accepted?.sequence).toBe(1);
  });
});
