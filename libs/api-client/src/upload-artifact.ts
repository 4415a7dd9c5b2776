import { ApiError } from './api-error.js';
import type { ApiClient } from './api-client.js';

/** A file that the server keeps by its digest. */
export interface Upload {
  readonly sha256: string;
  readonly length: number;
  /** Reads it from its beginning. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Slower than this is as good as stuck. */
const SLOWEST_BYTES_PER_MS = 20;
const SHORTEST_TIMEOUT_MS = 60_000;

/** Brings a file to the server unless it is there already; answers whether it was sent. */
export async function uploadArtifact(
  api: ApiClient,
  { sha256, length, open }: Upload,
  onSent: (bytes: number) => void = () => undefined,
): Promise<boolean> {
  if (await isThere(api, sha256, length)) return false;
  const answer = await api.send('PUT /v1/artifacts/{sha256}', {
    params: { sha256 },
    headers: { 'content-type': 'application/octet-stream' },
    timeoutMs: Math.max(SHORTEST_TIMEOUT_MS, length / SLOWEST_BYTES_PER_MS),
    stream: () => counting(open(), onSent),
  });
  await answer.body?.cancel();
  return true;
}

async function isThere(api: ApiClient, sha256: string, length: number): Promise<boolean> {
  try {
    const found = await api.send('HEAD /v1/artifacts/{sha256}', { params: { sha256 } });
    return Number(found.headers.get('content-length')) === length;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

async function* counting(
  stream: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  let sent = 0;
  for await (const piece of stream) {
    yield piece;
    sent += piece.byteLength;
    onSent(sent);
  }
}
