import { encodeSample, SAMPLE_MEDIA_TYPE, SampleUploadPolicy, type SampleMeta } from '@hamon/contracts';
import { within } from '../adapters/within.js';

export interface SampleClientOptions {
  /** The control plane's base URL. */
  readonly serverUrl: string;
  /** A fresh or still valid device token for the API; asked for each request. */
  readonly token: () => Promise<string>;
  /** For a whole picture. */
  readonly sendWithinMs?: number;
}

export type SendOutcome =
  /** It has it, now or since before. */
  | { readonly state: 'taken' }
  /** It does not want this one, now or ever. */
  | { readonly state: 'refused'; readonly detail: string }
  /** It wants none for now. */
  | { readonly state: 'not-now'; readonly detail: string; readonly retryAfterMs: number | undefined }
  /** No connection, or a server in trouble: worth trying again. */
  | {
      readonly state: 'failed';
      readonly detail: string;
      readonly retryAfterMs: number | undefined;
      /** An answer, or none in time: it may be for this very picture. */
      readonly mayBeOfPicture: boolean;
    };

const POLICY_TIMEOUT_MS = 15_000;
/** The largest picture at two megabits a second, which is what the control plane waits for. */
const SEND_TIMEOUT_MS = 150_000;
const MOST_POLICY_BYTES = 64 * 1024;
/** The sample itself is at fault: no other time helps. */
const REFUSED = new Set([400, 409, 413, 415, 422]);
/** The fleet's policy, this device's budget, or the fleet's is: `403` and `404` also of a control plane without samples. */
const NOT_NOW = new Set([403, 404, 429]);

/** The control plane's part in samples: what it allows, and where they go. */
export class SampleClient {
  constructor(private readonly options: SampleClientOptions) {}

  /** Undefined where it cannot be had now. A control plane that knows of no samples wants none. */
  async policy(signal: AbortSignal): Promise<SampleUploadPolicy | undefined> {
    try {
      return await within(POLICY_TIMEOUT_MS, signal, async (limited) =>
        policyOf(await this.request('/v1/samples/policy', limited, {})),
      );
    } catch {
      return undefined;
    }
  }

  async send(meta: SampleMeta, picture: Uint8Array, signal: AbortSignal): Promise<SendOutcome> {
    const { sendWithinMs = SEND_TIMEOUT_MS } = this.options;
    try {
      const response = await within(sendWithinMs, signal, (limited) =>
        this.request(`/v1/samples/${meta.sha256}`, limited, {
          method: 'PUT',
          headers: { 'content-type': SAMPLE_MEDIA_TYPE },
          body: encodeSample(meta, picture) as Uint8Array<ArrayBuffer>,
        }),
      );
      const detail = `HTTP ${response.status}`;
      const retryAfterMs = waitOf(response);
      await response.body?.cancel();
      if (response.ok) return { state: 'taken' };
      if (REFUSED.has(response.status)) return { state: 'refused', detail };
      if (NOT_NOW.has(response.status)) return { state: 'not-now', detail, retryAfterMs };
      return { state: 'failed', detail, retryAfterMs, mayBeOfPicture: true };
    } catch (cause) {
      const mayBeOfPicture = cause instanceof Error && cause.name === 'TimeoutError';
      return { state: 'failed', detail: describe(cause), retryAfterMs: undefined, mayBeOfPicture };
    }
  }

  private async request(
    path: string,
    signal: AbortSignal,
    request: RequestInit & { readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Response> {
    return fetch(new URL(path, this.options.serverUrl), {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${await this.options.token()}` },
      signal,
      redirect: 'error',
    });
  }
}

const NOTHING: SampleUploadPolicy = {
  schema: 'hamon.sample-policy/1',
  upload: false,
  maxBytesPerDeviceDay: 0,
};

/** Undefined where the answer says nothing. */
async function policyOf(response: Response): Promise<SampleUploadPolicy | undefined> {
  if (response.ok) return SampleUploadPolicy.parse(JSON.parse(await bounded(response)));
  await response.body?.cancel();
  return response.status === 404 || response.status === 403 ? NOTHING : undefined;
}

async function bounded(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += piece.byteLength;
    // Leaving the loop cancels the body.
    if (length > MOST_POLICY_BYTES) throw new Error('too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function waitOf({ headers }: Response): number | undefined {
  const asked = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(asked) ? Number(asked) * 1000 : undefined;
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // fetch says only "fetch failed"; the reason is one level down.
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
