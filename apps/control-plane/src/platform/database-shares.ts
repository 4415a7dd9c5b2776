/** How many of this process' database connections one kind of work may hold at once. */
export interface DatabaseShares {
  /** Devices that enrol. */
  readonly enrolments: number;
  /** Devices that connect to the embedded broker and are looked up. */
  readonly connects: number;
  /** Batches of what devices send. */
  readonly ingestion: number;
}

/**
 * Waves from devices get 60 % together at most: callers of the API, and the work that decides and publishes,
 * find connections whatever a fleet does at the same moment.
 */
export function databaseShares(connections: number): DatabaseShares {
  const share = (part: number): number => Math.max(1, Math.floor(connections * part));
  return { enrolments: share(0.2), connects: share(0.1), ingestion: share(0.3) };
}
