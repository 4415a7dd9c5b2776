import { QueryFailedError } from 'typeorm';
import type { StoreOutcome } from './batch.js';

/** Classes of PostgreSQL's error codes (appendix A) that speak of the data itself: the same rows will never go in. */
const ABOUT_DATA = /^(21|22|23)/;

/** Runs a write and tells whether trying again makes sense. */
export async function outcomeOf(
  write: () => Promise<void>,
  onFault: (cause: unknown) => void,
): Promise<StoreOutcome> {
  try {
    await write();
    return 'stored';
  } catch (cause) {
    const code =
      cause instanceof QueryFailedError ? (cause.driverError as { code?: unknown }).code : undefined;
    if (typeof code === 'string' && ABOUT_DATA.test(code)) return 'refused';
    onFault(cause);
    return 'unavailable';
  }
}
