import { BaselineDocument, describeProblems, err, fieldProblems, ok } from '@hamon/contracts';
import type { BundleDocument, Result } from '@hamon/contracts';
import { taskNamed, taskOfKind } from '@hamon/tasks';
import { checkFile, readerOf } from './bundle-files.js';
import type { BundleProblem } from './read-bundle.js';

const MAX_BASELINE_BYTES = 256 * 1024;

/** Every file that `bundle.json` names is there, and the baseline is one. Lengths in bytes by path. */
export async function checkNamedFiles(
  dir: string,
  bundle: BundleDocument,
): Promise<Result<ReadonlyMap<string, number>, BundleProblem>> {
  const paths = [
    ...bundle.variants.map(({ file }) => file),
    ...(bundle.golden ?? []).map(({ file }) => file),
    ...bundle.variants.flatMap(({ golden }) => (golden ?? []).map(({ file }) => file)),
    ...(bundle.baseline === undefined ? [] : [bundle.baseline]),
  ];
  const lengths = new Map<string, number>();
  for (const path of new Set(paths)) {
    const length = await checkFile(dir, path);
    if (!length.ok) return length;
    lengths.set(path, length.value);
  }
  const baseline = await checkBaseline(dir, bundle);
  return baseline.ok ? ok(lengths) : baseline;
}

async function checkBaseline(dir: string, bundle: BundleDocument): Promise<Result<void, BundleProblem>> {
  const path = bundle.baseline;
  if (path === undefined) return ok(undefined);
  const invalid = (detail: string): Result<never, BundleProblem> =>
    err({ code: 'bundle-invalid', detail: `${path}: ${detail}` });
  const bytes = await readerOf(dir, MAX_BASELINE_BYTES)(path);
  if (!bytes.ok) return bytes;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes.value).toString('utf8'));
  } catch (cause) {
    return invalid(`no JSON: ${(cause as Error).message}`);
  }
  const parsed = BaselineDocument.safeParse(json);
  if (!parsed.success) return invalid(describeProblems(fieldProblems(parsed.error)));
  const { data } = parsed;
  if (data.schema === 'hamon.baseline/2') {
    const { name } = taskOfKind(data.summary);
    return name === bundle.task ? ok(undefined) : invalid(`it is of ${name}, the bundle of ${bundle.task}`);
  }
  const known = new Set(taskNamed(bundle.task).labels(bundle.output));
  const stranger = Object.keys(data.labels).find((label) => !known.has(label));
  return stranger === undefined ? ok(undefined) : invalid(`"${stranger}" is not one of output.labels`);
}
