import { isAbsolute, join } from 'node:path';
import { CompressError } from '../../errors.js';
import { folderOf, type ExpectedTruth, type LabelledFolder } from './labelled-folder.js';
import { isFile, MAX_FILES, readText } from './walk-images.js';

export const VALUES_FILE = 'values.csv';
const MAX_BYTES = 64 * 1024 * 1024;
const FILE_COLUMN = 'file';

/**
 * Values from `values.csv`: a line of names, the first of them `file`, then an image a line with one number for each value
 * of the model. Images lie where `file` says, from the folder or from `images/` in it.
 * @throws CompressError `dataset-invalid`, `labels-mismatch`
 */
export async function openValueFolder(dir: string, { values }: ExpectedTruth): Promise<LabelledFolder> {
  const path = join(dir, VALUES_FILE);
  const [header = '', ...lines] = (await readText(path, MAX_BYTES)).replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = splitLine(header);
  checkColumns(path, columns, values);
  if (lines.length > MAX_FILES) throw invalid(path, `holds more than ${MAX_FILES} lines`);
  const seen = new Set<string>();
  const entries = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `line ${index + 2}`;
    const fields = splitLine(line);
    if (fields.length !== columns.length)
      throw invalid(path, `${where} has ${fields.length} fields, the first line names ${columns.length}`);
    const [name = '', ...figures] = fields;
    if (seen.has(name)) throw invalid(path, `${where} names ${name} again`);
    seen.add(name);
    const numbers = figures.map((figure, at): [string, number] => {
      const column = columns[at + 1] ?? '';
      const value = figure === '' ? NaN : Number(figure);
      if (!Number.isFinite(value))
        throw invalid(path, `${where}: "${column}" must be a number, is "${figure}"`);
      return [column, value];
    });
    entries.push({
      file: await imagePath(dir, path, where, name),
      group: '',
      truth: { values: Object.fromEntries(numbers) },
    });
  }
  if (entries.length === 0) throw new CompressError('dataset-empty', `${path} names no image`);
  return folderOf({ dir, form: 'values', gives: 'values', labelFiles: [path] }, entries);
}

function checkColumns(path: string, columns: readonly string[], values: readonly string[] | undefined): void {
  const [first, ...names] = columns;
  if (first !== FILE_COLUMN || names.length === 0)
    throw invalid(path, `the first line must be "${FILE_COLUMN}" and the names of values`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(path, `names the column "${twice}" twice`);
  if (values === undefined) return;
  const mismatch = (detail: string): CompressError =>
    new CompressError('labels-mismatch', `${path}: ${detail}; the model's values are ${values.join(', ')}`);
  const stranger = names.find((name) => !values.includes(name));
  if (stranger !== undefined) throw mismatch(`the column "${stranger}" is no value of the model`);
  const missing = values.find((name) => !names.includes(name));
  if (missing !== undefined) throw mismatch(`there is no column "${missing}"`);
}

/** Fields of one line; in quotes where they hold a comma (RFC 4180, without line breaks in fields). */
function splitLine(line: string): readonly string[] {
  const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
  return fields.map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim());
}

async function imagePath(dir: string, path: string, where: string, name: string): Promise<string> {
  if (name === '' || isAbsolute(name) || name.split(/[\\/]/).includes('..'))
    throw invalid(path, `${where}: "${FILE_COLUMN}" must be a path within ${dir}, is "${name}"`);
  for (const file of [join(dir, name), join(dir, 'images', name)]) if (await isFile(file)) return file;
  throw invalid(path, `${where} names ${name}, which is neither in ${dir} nor in its images/`);
}

const invalid = (path: string, detail: string): CompressError =>
  new CompressError('dataset-invalid', `${path}: ${detail}`);
