import { describe, expect, test } from 'vitest';
import { ContentError, type ContentErrorCode } from '@hamon/content';
import { ERROR_STATUS, type ControlPlaneError } from '../../src/platform/errors.js';
import { refusingContent } from '../../src/registry/content-problem.js';

describe('refusingContent', () => {
  test.each<[ContentErrorCode, number]>([
    ['disk-full', 507],
    ['digest-mismatch', 422],
    ['length-mismatch', 422],
    ['too-large', 413],
  ])('%s is reported to the uploader', async (code, status) => {
    const cause = new ContentError(code, 'storing artifact x: no space left');
    const refused = refusingContent(() => Promise.reject(cause));
    await expect(refused).rejects.toMatchObject({ detail: 'storing artifact x: no space left.', cause });
    const error = await refused.catch((caught: ControlPlaneError) => caught);
    expect(ERROR_STATUS[(error as ControlPlaneError).code]).toBe(status);
  });

  test('any other failure stays our fault', async () => {
    for (const fault of [new ContentError('io', 'EIO'), new Error('a bug')]) {
      await expect(refusingContent(() => Promise.reject(fault))).rejects.toBe(fault);
    }
  });
});
