import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pushableReport } from '@hamon/compress';
import type { CompressionReport } from '@hamon/contracts';
import { CliError } from '../cli-error.js';

/** What `hamon compress` leaves beside a bundle; never a part of it. */
export const REPORT_FILE = 'report.json';
export const REPORT_PAGE = 'report.html';

/** Of a model with very many layers in very many variants; what is pushed of it is far smaller. */
const MAX_REPORT_BYTES = 64 * 1024 ** 2;
const HINT = `remove ${REPORT_FILE} to push without it, or run "hamon compress" again`;

/** What a version keeps of the report in a bundle folder. Whether it is one of these very files, the server says. */
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
