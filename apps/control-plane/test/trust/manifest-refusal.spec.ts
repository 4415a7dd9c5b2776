import { describe, expect, it } from 'vitest';
import { DEPLOYMENT_STATES, MANIFEST_REJECTIONS, type ManifestRejection } from '@hamon/contracts';
import { refusalOf } from '../../src/trust/manifest-refusal.js';

const [OURS, OTHER] = ['a'.repeat(64), 'b'.repeat(64)] as [string, string];
const assigned = { state: 'assigned', sequence: 5 } as const;
const told = (code: ManifestRejection, digest: string | null, highestSequence: number | null = 4) => ({
  rejection: { code, detail: 'why' },
  rejected: digest === null ? null : { sequence: 5, digest },
  highestSequence,
});

describe('a rejected manifest', () => {
  it.each(MANIFEST_REJECTIONS)(
    'ends the deployment that it was signed for, for %s where that is final',
    (code) => {
      const isFinal = code !== 'manifest-older' && code !== 'manifest-conflict';
      const refused = { state: 'refused', reason: { code, detail: 'why' } };
      expect(refusalOf(assigned, OURS, told(code, OURS))).toEqual(isFinal ? refused : undefined);
    },
  );

  it.each([
    ['it is an old one, junk or foreign', OURS, told('manifest-bad-signature', OTHER)],
    ['it is no JWS at all', OURS, told('manifest-malformed', null)],
    ['something else is desired now', undefined, told('manifest-bad-signature', OURS)],
    ['the device took the first manifest, and this is a renewal', OURS, told('manifest-expired', OURS, 5)],
    ['the agent is too old to say which', OURS, { ...told('manifest-expired', OURS), rejected: null }],
    ['the rejection is over', OURS, { ...told('manifest-expired', OURS), rejection: null }],
  ])('ends none where %s', (_what, published, report) => {
    expect(refusalOf(assigned, published, report)).toBeUndefined();
  });

  it('ends no deployment that its device has begun, or that has ended', () => {
    for (const state of DEPLOYMENT_STATES.filter((one) => one !== 'assigned')) {
      expect(refusalOf({ ...assigned, state }, OURS, told('manifest-expired', OURS))).toBeUndefined();
    }
  });
});
