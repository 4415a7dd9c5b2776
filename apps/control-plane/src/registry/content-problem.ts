import { ContentError } from '@hamon/content';
import { ControlPlaneError, type ErrorCode } from '../platform/errors.js';

/** Null for what the uploader cannot mend: it stays a fault of ours. */
const CODES: Readonly<Record<ContentError['code'], ErrorCode | null>> = {
  'digest-mismatch': 'artifact-mismatch',
  'length-mismatch': 'artifact-mismatch',
  'too-large': 'payload-too-large',
  'disk-full': 'storage-full',
  'unsafe-path': null,
  'unexpected-file': null,
  'missing-file': null,
  'missing-chunk': null,
  'invalid-index': null,
  io: null,
};

/** Runs work on files; what the uploader can mend becomes a refusal. */
export async function refusingContent<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof ContentError ? CODES[cause.code] : null;
    if (code === null || !(cause instanceof Error)) throw cause;
    throw new ControlPlaneError(code, `${cause.message}.`, { cause });
  }
}
