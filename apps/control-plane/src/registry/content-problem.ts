import { ContentError } from '@hamon/content';
import { ControlPlaneError, type ErrorCode } from '../platform/errors.js';

const CODES: Partial<Record<ContentError['code'], ErrorCode>> = {
  'digest-mismatch': 'artifact-mismatch',
  'length-mismatch': 'artifact-mismatch',
  'too-large': 'payload-too-large',
  'disk-full': 'storage-full',
};

/** Runs work on files; what the uploader can correct becomes a refusal, the rest stays our fault. */
export async function refusingContent<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof ContentError ? CODES[cause.code] : undefined;
    if (code === undefined || !(cause instanceof Error)) throw cause;
    throw new ControlPlaneError(code, `${cause.message}.`, { cause });
  }
}
