import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleDocument, fieldProblems, type CompressionReport } from '@hamon/contracts';
import { chunkFile, listFolder } from '@hamon/content';
import type { z } from 'zod';
import { CliError } from '../cli-error.js';
import { readReport, REPORT_FILE, REPORT_PAGE } from './read-report.js';

/** A file of a bundle on this machine. */
export interface LocalFile {
  /** Inside the bundle. */
  readonly path: string;
  /** Where it is. */
  readonly source: string;
  readonly sha256: string;
  readonly length: number;
}

/** As parsing found it, each task's own; the API takes no other. */
export type ParsedDocument = z.output<typeof BundleDocument>;

export interface LocalBundle {
  readonly document: ParsedDocument;
  /** The files that `bundle.json` names, each once. */
  readonly files: readonly LocalFile[];
  /** How the variants were made, where `hamon compress` made the folder. */
  readonly report?: CompressionReport;
  /** Paths in the folder that it does not name. */
  readonly left: readonly string[];
  readonly lengthBytes: number;
}

const MAX_DOCUMENT_BYTES = 2 * 1024 ** 2;

/**
 * Checks a bundle folder as far as this machine can tell (the document's rules, the names, that every file is there and
 * inside the folder) and takes the digest of each file; the server finds out whether the model works.
 */
export async function readBundleFolder(
  folder: string,
  wanted: { readonly model: string; readonly version: string },
): Promise<LocalBundle> {
  const found = new Map((await listFolder(folder)).map(({ path, lengthBytes }) => [path, lengthBytes]));
  const documentBytes = found.get('bundle.json');
  if (documentBytes === undefined) throw wrong(`${folder} holds no bundle.json`);
  if (documentBytes > MAX_DOCUMENT_BYTES) throw wrong('bundle.json is larger than 2 MB');
  const document = parseDocument(await readFile(join(folder, 'bundle.json'), 'utf8'));
  for (const field of ['model', 'version'] as const) {
    if (document[field] !== wanted[field]) {
      throw wrong(`bundle.json says ${field} "${document[field]}", the command line "${wanted[field]}"`);
    }
  }
  const files: LocalFile[] = [];
  for (const [path, field] of namedFiles(document)) {
    if (!found.has(path)) {
      throw new CliError('bundle', `bundle.json names a file that is not in ${folder}`, {
        fields: [{ field, rule: `"${path}" is missing` }],
      });
    }
    const source = join(folder, path);
    const { sha256, length } = await chunkFile(source);
    files.push({ path, source, sha256, length });
    found.delete(path);
  }
  found.delete('bundle.json');
  const reportBytes = found.get(REPORT_FILE);
  const report = reportBytes === undefined ? undefined : await readReport(folder, reportBytes);
  for (const path of [REPORT_FILE, REPORT_PAGE]) found.delete(path);
  const lengthBytes = files.reduce((sum, { length }) => sum + length, 0);
  return { document, files, ...(report && { report }), left: [...found.keys()], lengthBytes };
}

function parseDocument(text: string): ParsedDocument {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong(`bundle.json is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const parsed = BundleDocument.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CliError('bundle', 'bundle.json breaks its rules:', {
    cause: parsed.error,
    fields: fieldProblems(parsed.error),
  });
}

/** Each path that the document names, with the field that names it first. */
function namedFiles({ variants, golden, baseline }: BundleDocument): Map<string, string> {
  const named = new Map<string, string>();
  const add = (path: string, field: string): void => {
    if (!named.has(path)) named.set(path, field);
  };
  variants.forEach((variant, v) => {
    add(variant.file, `variants.${v}.file`);
    variant.golden?.forEach(({ file }, g) => add(file, `variants.${v}.golden.${g}.file`));
  });
  golden?.forEach(({ file }, g) => add(file, `golden.${g}.file`));
  if (baseline !== undefined) add(baseline, 'baseline');
  return named;
}

const wrong = (detail: string): CliError => new CliError('bundle', detail);
