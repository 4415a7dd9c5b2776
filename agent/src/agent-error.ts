/** Operational faults of the agent itself, closed: each has one sentence for the person who reads it. */
export type AgentErrorCode =
  | 'config-invalid'
  | 'secret-missing'
  | 'not-enrolled'
  | 'enrolment-refused'
  | 'already-enrolled'
  | 'server-unreachable'
  | 'server-busy'
  | 'unencrypted'
  | 'already-running'
  | 'not-running'
  | 'disk-full'
  | 'storage-error'
  | 'offline'
  | 'chunk-unavailable'
  | 'no-memory'
  | 'port-taken'
  | 'not-installable'
  | 'package-missing'
  | 'device-refused';

export class AgentError extends Error {
  override readonly name = 'AgentError';

  constructor(
    readonly code: AgentErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
