/** What can go wrong with content, closed: callers map each code to a status or a reported reason. */
export type ContentErrorCode =
  /** Bytes do not have the digest that they were announced with. */
  | 'digest-mismatch'
  | 'length-mismatch'
  /** Beyond a limit of ours, whatever the disk could still take. */
  | 'too-large'
  /** The disk, its quota, or the store's own share of it is used up. */
  | 'disk-full'
  /** A path that leaves its folder, a symbolic link, or a special file. */
  | 'unsafe-path'
  /** A file in a bundle folder that its index does not list. */
  | 'unexpected-file'
  | 'missing-file'
  | 'missing-chunk'
  | 'invalid-index'
  | 'io';

/** An operational fault of this library; `cause` holds what the system said, where it said anything. */
export class ContentError extends Error {
  override readonly name = 'ContentError';

  constructor(
    readonly code: ContentErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Runs file operations and turns what the system throws into this library's error. */
export async function describingFaults<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    if (cause instanceof ContentError) throw cause;
    const system = systemCode(cause);
    // Not ours and not the system's: a peer's broken stream or an abort, which the caller knows better.
    if (system === undefined) throw cause;
    if (FULL.has(system)) throw new ContentError('disk-full', `${what}: no space left`, { cause });
    if (system === 'ENOENT') throw new ContentError('missing-file', `${what}: no such file`, { cause });
    throw new ContentError('io', `${what}: ${system}`, { cause });
  }
}

/** `ENOSPC` and the like of a failed system call; undefined for any other error. */
export function systemCode(cause: unknown): string | undefined {
  // By its members, not its class: an error may come from another realm.
  if (typeof cause !== 'object' || cause === null || !('syscall' in cause) || !('code' in cause))
    return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
