import type { ApiClient } from '@hamon/api-client';
import { VersionView } from '@hamon/contracts';
import { readBundleFolder, type LocalBundle } from './read-bundle-folder.js';
import { uploadFiles, type UploadProgress } from './upload-files.js';

export interface PushedVersion {
  readonly version: VersionView;
  readonly uploadedBytes: number;
  /** What the server had already. */
  readonly presentBytes: number;
}

/** The server runs the model on its golden samples before it answers. */
const VALIDATION_TIMEOUT_MS = 180_000;

/** Checks a bundle folder, uploads the files that the server lacks, and has the version validated. */
export async function pushBundle(
  api: ApiClient,
  ref: { readonly model: string; readonly version: string },
  folder: string,
): Promise<PushedVersion> {
  return pushLocalBundle(api, await readBundleFolder(folder, ref));
}

/** The same for a folder that was read before. */
export async function pushLocalBundle(
  api: ApiClient,
  { document, files, report }: LocalBundle,
  progress?: UploadProgress,
): Promise<PushedVersion> {
  const sent = await uploadFiles(api, files, progress);
  const version = await api.call('POST /v1/models/{model}/versions', VersionView, {
    params: { model: document.model },
    body: {
      version: document.version,
      bundle: document,
      files: files.map(({ path, sha256, length }) => ({ path, sha256, length })),
      ...(report && { report }),
    },
    timeoutMs: VALIDATION_TIMEOUT_MS,
  });
  return { version, ...sent };
}
