import { createReadStream } from 'node:fs';
import type { ApiClient } from '../api/api-client.js';
import { ApiError } from '../api/api-error.js';
import type { LocalFile } from './read-bundle-folder.js';

export interface UploadTally {
  readonly uploadedBytes: number;
  readonly presentBytes: number;
}

/** Told of each step: `doneBytes` of `totalBytes` are there, `file` is at work. */
export type UploadProgress = (doneBytes: number, totalBytes: number, file: LocalFile) => void;

/** Slower than this is as good as stuck; waiting without an end helps nobody. */
const SLOWEST_BYTES_PER_MS = 20;
const SHORTEST_TIMEOUT_MS = 60_000;

/** Brings to the server the files that it lacks, each streamed from disk; what it has is not sent again. */
export async function uploadFiles(
  api: ApiClient,
  files: readonly LocalFile[],
  progress: UploadProgress = () => undefined,
): Promise<UploadTally> {
  const distinct = [...new Map(files.map((file) => [file.sha256, file])).values()];
  const totalBytes = distinct.reduce((sum, { length }) => sum + length, 0);
  let uploadedBytes = 0;
  let presentBytes = 0;
  for (const file of distinct) {
    const before = uploadedBytes + presentBytes;
    if (await isThere(api, file)) {
      presentBytes += file.length;
    } else {
      await upload(api, file, (sentBytes) => progress(before + sentBytes, totalBytes, file));
      uploadedBytes += file.length;
    }
    progress(before + file.length, totalBytes, file);
  }
  return { uploadedBytes, presentBytes };
}

async function isThere(api: ApiClient, { sha256, length }: LocalFile): Promise<boolean> {
  try {
    const found = await api.send({ method: 'HEAD', path: `/v1/artifacts/${sha256}` });
    return Number(found.headers.get('content-length')) === length;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

async function upload(api: ApiClient, file: LocalFile, onSent: (bytes: number) => void): Promise<void> {
  const answer = await api.send({
    method: 'PUT',
    path: `/v1/artifacts/${file.sha256}`,
    headers: { 'content-type': 'application/octet-stream' },
    timeoutMs: Math.max(SHORTEST_TIMEOUT_MS, file.length / SLOWEST_BYTES_PER_MS),
    stream: () => counting(createReadStream(file.source), onSent),
  });
  await answer.body?.cancel();
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
