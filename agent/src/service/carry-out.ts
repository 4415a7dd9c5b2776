import { execFile } from 'node:child_process';
import { chmod, chown, lstat, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFileAtomically } from '@hamon/content';
import { AgentError } from '../agent-error.js';
import { idsOf } from './read-machine.js';
import { describeStep, type ServiceStep } from './service-step.js';

const GROUP_READS = 0o040;

/**
 * Does the steps one after the other.
 *
 * @throws AgentError `not-installable`, naming the step that failed and why
 */
export async function carryOut(
  steps: readonly ServiceStep[],
  root: string,
  each: (step: ServiceStep) => void,
): Promise<void> {
  for (const step of steps) {
    each(step);
    try {
      await carryOutOne(step, root);
    } catch (cause) {
      const { stderr, message } = cause as Error & { stderr?: string };
      const why = stderr?.trim() || message;
      throw new AgentError('not-installable', `"${describeStep(step)}" failed: ${why}`, { cause });
    }
  }
}

async function carryOutOne(step: ServiceStep, root: string): Promise<void> {
  switch (step.kind) {
    case 'run': {
      const [program, ...args] = step.command;
      await promisify(execFile)(program, args);
      return;
    }
    case 'folder':
      await makeFolder(step.path, step.mode);
      return;
    case 'write':
      await mkdir(join(step.path, '..'), { recursive: true });
      await writeFileAtomically(step.path, step.text, step.mode);
      return;
    case 'own':
      await own(step.path, await requireIds(step.user, root));
      return;
    case 'share': {
      const { gid } = await requireIds(step.user, root);
      const { uid, mode } = await stat(step.path);
      await chown(step.path, uid, gid);
      await chmod(step.path, (mode & 0o7777) | GROUP_READS);
      return;
    }
    case 'remove':
      await rm(step.path, { force: true });
      return;
  }
}

/** One that is there stays as it is: its owner could have put a link there, and root would open what it leads to. */
async function makeFolder(path: string, mode: number): Promise<void> {
  if ((await mkdir(path, { recursive: true })) !== undefined) await chmod(path, mode);
  else if ((await lstat(path)).isSymbolicLink()) throw new Error('it is a link: name the folder itself');
}

async function requireIds(user: string, root: string): Promise<{ uid: number; gid: number }> {
  const ids = await idsOf(user, root);
  if (!ids) throw new Error(`there is no user ${user} in ${join(root, 'etc/passwd')}`);
  return ids;
}

/**
 * Links are given away themselves, and never what they point to. By coreutils' own walk, which goes from folder to folder
 * by what it has opened: one whose owner puts a link in a folder's place meanwhile gets nothing that lies behind it.
 */
async function own(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  await promisify(execFile)('chown', ['-hRP', `${uid}:${gid}`, '--', folder]);
}
