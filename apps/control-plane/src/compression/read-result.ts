import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompressReport } from '@hamon/compress';
import { chunkFile } from '@hamon/content';
import { BundleDocument, type BundleFile } from '@hamon/contracts';
import { InvariantError } from '../platform/errors.js';
import { filesOf } from '../registry/variant-document.js';

/** What a compression left in its folder: a bundle as a person would push it, and the report. */
export interface CompressionResult {
  readonly bundle: BundleDocument;
  readonly files: readonly (BundleFile & { readonly source: string })[];
  readonly report: CompressReport;
}

/** Node names of large models fill it; more would burden every reader of the database. */
const MAX_REPORT_BYTES = 32 * 1024 ** 2;

export async function readResult(folder: string): Promise<CompressionResult> {
  const json = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as unknown;
  const { size } = await stat(join(folder, 'report.json'));
  if (size > MAX_REPORT_BYTES) throw new InvariantError(`a report of at most ${MAX_REPORT_BYTES} bytes`);
  const bundle = BundleDocument.parse(await json('bundle.json'));
  const files: CompressionResult['files'][number][] = [];
  for (const path of filesOf(bundle)) {
    const source = join(folder, path);
    const { sha256, length } = await chunkFile(source);
    files.push({ path, sha256, length, source });
  }
  return { bundle, files, report: (await json('report.json')) as CompressReport };
}
