import type { PushVersion } from '@hamon/contracts';
import { ControlPlaneError } from '../platform/errors.js';
import { filesOf } from './variant-document.js';

/** Is the push consistent in itself? What the files hold is for the validation to check. */
export function checkPushed(model: string, task: string, { version, bundle, files }: PushVersion): void {
  if (bundle.model !== model) refuse('bundle.model', `must be "${model}", the model it is pushed to`);
  if (bundle.version !== version)
    refuse('bundle.version', `must be "${version}", the version it is pushed as`);
  if (bundle.task !== task) refuse('bundle.task', `must be "${task}", as the model's`);

  const named = new Set(filesOf(bundle));
  const given = new Set<string>();
  files.forEach(({ path }, i) => {
    const field = `files.${i}.path`;
    if (path === 'bundle.json') refuse(field, 'must not be bundle.json, which is sent as "bundle"');
    if (given.has(path)) refuse(field, `"${path}" is given twice`);
    if (!named.has(path)) refuse(field, `"${path}" is not named in bundle.json`);
    given.add(path);
  });
  for (const path of named) {
    if (!given.has(path)) refuse('files', `"${path}" is named in bundle.json and not given`);
    const folder = parentsOf(path).find((parent) => given.has(parent) || parent === 'bundle.json');
    if (folder !== undefined) refuse('files', `"${folder}" is a file and a folder`);
  }
}

function parentsOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, i) => segments.slice(0, i + 1).join('/'));
}

function refuse(field: string, rule: string): never {
  throw new ControlPlaneError('bundle-refused', `${field}: ${rule}`, { errors: [{ field, rule }] });
}
