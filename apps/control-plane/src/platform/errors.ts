/** Every error code of the HTTP API with its status. The one place where the two meet. */
export const ERROR_STATUS = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'device-shut-out': 403,
  'samples-not-wanted': 403,
  'enrolment-token-invalid': 403,
  'enrolment-proof-invalid': 403,
  'not-found': 404,
  'model-not-found': 404,
  'version-not-found': 404,
  'variant-not-found': 404,
  'artifact-not-found': 404,
  'device-not-found': 404,
  'enrolment-token-not-found': 404,
  'rollout-not-found': 404,
  'compression-not-found': 404,
  'compression-report-not-found': 404,
  'benchmark-not-found': 404,
  'command-not-found': 404,
  'device-config-not-found': 404,
  'sample-not-found': 404,
  'no-cloud-model': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'model-exists': 409,
  'version-exists': 409,
  'version-state': 409,
  'device-exists': 409,
  'device-retired': 409,
  'model-not-assigned': 409,
  'device-busy': 409,
  'device-runs-other-model': 409,
  'too-many-models': 409,
  'rollout-state': 409,
  'compression-state': 409,
  'benchmark-open': 409,
  'command-open': 409,
  'device-unable': 409,
  'device-config-changed': 409,
  'sample-exists': 409,
  'policy-changed': 409,
  'request-in-progress': 409,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'range-not-satisfiable': 416,
  'artifact-mismatch': 422,
  'artifact-missing': 422,
  'bundle-refused': 422,
  'report-refused': 422,
  'version-too-large': 422,
  'input-refused': 422,
  'sample-refused': 422,
  'label-refused': 422,
  'no-device-selected': 422,
  'no-variant-qualifies': 422,
  'idempotency-key-reused': 422,
  'compression-queue-full': 429,
  'sample-budget-spent': 429,
  'sample-quota-reached': 429,
  internal: 500,
  unavailable: 503,
  overloaded: 503,
  'cloud-model-failed': 503,
  'storage-full': 507,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ErrorOptions {
  /** Which fields broke which rules, where the request itself is wrong. */
  readonly errors?: readonly { readonly field: string; readonly rule: string }[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** What services throw; only the problem filter knows HTTP. `detail` is shown to the caller as it is. */
export class ControlPlaneError extends Error {
  override readonly name = 'ControlPlaneError';
  readonly errors: ErrorOptions['errors'];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    options: ErrorOptions = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A broken invariant: a bug, never an answer to bad input. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** The value, or a bug report where the database must hold one. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new InvariantError(`expected ${what}`);
  return value;
}
