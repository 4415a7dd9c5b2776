import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { shellWord } from '../service/service-step.js';
import type { Patient } from './check.js';
import { fail, ok, warn, type Finding } from './finding.js';

const { R_OK, W_OK, X_OK } = constants;
const MODES = { r: R_OK | X_OK, rw: R_OK | W_OK | X_OK } as const;

/** As this account can; a service of another one is asked to see for itself. */
export async function lookAtFolder(
  path: string,
  mode: keyof typeof MODES,
  { service }: Patient,
): Promise<Finding> {
  const list = `${as(service)}ls -ld ${shellWord(path)}`;
  try {
    await access(path, MODES[mode]);
    const { length } = await readdir(path);
    // A drop folder is empty whenever all of it was answered.
    if (length === 0 && mode === 'r') return warn(`${path} is empty`, list);
    return ok(`${path}, ${length} ${length === 1 ? 'entry' : 'entries'}`);
  } catch (cause) {
    return fail(whyNot(path, cause), list);
  }
}

export async function lookAtFile(path: string, { service }: Patient): Promise<Finding> {
  try {
    await access(path, R_OK);
    return ok(`${path} is there`);
  } catch (cause) {
    const list = path.startsWith('/dev/video')
      ? 'v4l2-ctl --list-devices'
      : `${as(service)}ls -l ${shellWord(path)}`;
    return fail(whyNot(path, cause), list);
  }
}

const as = (service: Patient['service']): string => (service ? `sudo -u ${service.user} ` : '');

function whyNot(path: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${path} does not exist`;
  return code === 'EACCES' ? `${path} is not open to this account` : message;
}
