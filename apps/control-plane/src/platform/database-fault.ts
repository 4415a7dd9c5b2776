import { QueryFailedError } from 'typeorm';
import { ControlPlaneError } from './errors.js';

/**
 * `data`: the same rows will always be refused. `server`: every row fails alike, and it may pass or be corrected. `unknown`:
 * one of the items hits a case that we did not foresee.
 */
export type StoreFault = 'data' | 'server' | 'unknown';

/** Classes of PostgreSQL's error codes (appendix A): cardinality, data, integrity, a row too large for an index. */
const DATA_CLASSES = ['21', '22', '23', '54'];
/** Connection, read-only after a failover, rollback and deadlock, resources, locks, shutdown: trying again may help. */
const PASSING_CLASSES = ['08', '25', '40', '53', '55', '57'];
/** Authorization, catalog, missing tables and rights, system, configuration, internal: somebody has to correct it. */
const STANDING_CLASSES = ['28', '3D', '42', '58', 'F0', 'XX'];

const SOCKET_CODES: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EACCES', 'EMFILE', 'ENFILE'],
]);

const POOL_FULL = 'timeout exceeded when trying to connect';

/** What the driver and its pool say without a code. */
const CONNECTION_MESSAGE = new RegExp(
  `connection terminated|${POOL_FULL}|connection timeout|client was closed|connection error and is not queryable|` +
    'query read timeout|calling end on the pool|not connected|connection is not established|connection ended unexpectedly',
  'i',
);

export function faultOf(cause: unknown): StoreFault {
  if (cause instanceof ControlPlaneError) {
    return cause.code === 'unavailable' || cause.code === 'overloaded' ? 'server' : 'unknown';
  }
  if (cause instanceof QueryFailedError) return faultOf(cause.driverError);
  if (!(cause instanceof Error)) return 'unknown';
  const code = codeOf(cause);
  if (SOCKET_CODES.has(code) || CONNECTION_MESSAGE.test(cause.message)) return 'server';
  // Both addresses of a name were tried.
  if (cause instanceof AggregateError && cause.errors.some((one) => faultOf(one) === 'server'))
    return 'server';
  if (!/^[0-9A-Z]{5}$/.test(code)) return 'unknown';
  if (DATA_CLASSES.includes(code.slice(0, 2))) return 'data';
  return [...PASSING_CLASSES, ...STANDING_CLASSES].includes(code.slice(0, 2)) ? 'server' : 'unknown';
}

/** Why a caller may try again in a moment, where that is all there is to say; undefined for anything else. */
export function passingFault(cause: unknown): 'pool-full' | 'away' | undefined {
  if (cause instanceof QueryFailedError) return passingFault(cause.driverError);
  if (!(cause instanceof Error)) return undefined;
  if (cause.message.includes(POOL_FULL)) return 'pool-full';
  if (cause instanceof AggregateError && cause.errors.some((one) => passingFault(one) === 'away'))
    return 'away';
  if (CONNECTION_MESSAGE.test(cause.message)) return 'away';
  const code = codeOf(cause);
  // The same codes come from files.
  if (SOCKET_CODES.has(code)) return isOfSocket(cause) ? 'away' : undefined;
  return /^[0-9A-Z]{5}$/.test(code) && PASSING_CLASSES.includes(code.slice(0, 2)) ? 'away' : undefined;
}

const codeOf = (cause: Error): string =>
  'code' in cause && typeof cause.code === 'string' ? cause.code : '';

const isOfSocket = (cause: Error): boolean =>
  'syscall' in cause && ['connect', 'read', 'write', 'getaddrinfo'].includes(String(cause.syscall));
