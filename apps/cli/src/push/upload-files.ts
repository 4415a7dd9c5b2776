import { createReadStream } from 'node:fs';
import { uploadArtifact, type ApiClient } from '@hamon/api-client';
import type { LocalFile } from './read-bundle-folder.js';

export interface UploadTally {
  readonly uploadedBytes: number;
  readonly presentBytes: number;
}

/** Called at each step: `doneBytes` of `totalBytes` are there, `file` is being sent. */
export type UploadProgress = (doneBytes: number, totalBytes: number, file: LocalFile) => void;

/** Uploads the files that the server lacks, each streamed from disk. */
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
    const upload = { ...file, open: () => createReadStream(file.source) };
    const onSent = (sentBytes: number): void => progress(before + sentBytes, totalBytes, file);
    if (await uploadArtifact(api, upload, onSent)) uploadedBytes += file.length;
    else presentBytes += file.length;
    progress(before + file.length, totalBytes, file);
  }
  return { uploadedBytes, presentBytes };
}
