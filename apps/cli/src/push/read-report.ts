import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pushableReport } from '@hamon/compress';
import type { CompressionReport } from '@hamon/contracts';
import { CliError } from '../cli-error.js';

/** What `hamon compress` leaves beside a bundle; never a part of it. */
export const REPORT_FILE = 'report.json';
export const REPORT_PAGE = 'report.html';

/** Enough for very many layers in very many variants; the part that is pushed is far smaller. */
const MAX_REPORT_BYTES = 64 * 1024 ** 2;
const HINT = `remove ${REPORT_FILE} to push without it, or run "hamon compress" again`;

/** What a version keeps of the report in a bundle folder. The server checks that it belongs to these files. */
export async function readReport(folder: string, lengthBytes: number): Promise<CompressionReport> {
  if (lengthBytes > MAX_REPORT_BYTES) throw unusable('is larger than 64 MB');
  const path = join(folder, REPORT_FILE);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw unusable(`is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const report = pushableReport(json);
  if (report.ok) return report.value;
  throw unusable('cannot be pushed along:', { fields: report.error });
}

const unusable = (what: string, options: { cause?: unknown; fields?: CliError['fields'] } = {}): CliError =>
  new CliError('bundle', `${REPORT_FILE} ${what}`, { ...options, hint: HINT });
