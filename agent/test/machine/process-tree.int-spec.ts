import { spawn, type ChildProcess } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProcessTree } from '../../src/machine/process-tree.js';

const BUSY = 'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);';
const PARENT = `require('node:child_process').spawn(process.execPath, ['-e', process.argv[1]], { stdio: 'inherit' })`;

/** Found anew. */
function treeCpuSeconds(pid?: number): number | undefined {
  const tree = new ProcessTree(pid);
  tree.find();
  return tree.cpuSeconds;
}

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => child.once('exit', () => resolve()));

describe.skipIf(process.platform !== 'linux')('ProcessTree', () => {
  it('counts what processes have taken that have ended since, grandchildren too, and never goes back', async () => {
    const before = treeCpuSeconds() ?? 0;
    const child = spawn(process.execPath, ['-e', PARENT, BUSY], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    let isRunning = true;
    const ended = exitOf(child).then(() => (isRunning = false));
    let last = before;
    while (isRunning) {
      last = Math.max(last, treeCpuSeconds() ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await ended;
    const after = treeCpuSeconds() ?? 0;
    expect(after - before).toBeGreaterThanOrEqual(0.3);
    // A process that ended between two looks may be missed by one of them; the next one has it.
    expect(after).toBeGreaterThanOrEqual(last - 0.02);
  });

  it('sees a process that is still busy', async () => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    onTestFinished(async () => {
      const gone = exitOf(child);
      child.kill('SIGKILL');
      await gone;
    });
    const before = treeCpuSeconds() ?? 0;
    while ((treeCpuSeconds() ?? 0) - before < 0.2) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('goes on with those that it found before, without looking for others', async () => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    onTestFinished(async () => {
      const gone = exitOf(child);
      child.kill('SIGKILL');
      await gone;
    });
    const tree = new ProcessTree();
    tree.find();
    const before = tree.cpuSeconds ?? 0;
    while ((tree.cpuSeconds ?? 0) - before < 0.2) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('knows nothing of a process that does not exist', () => {
    expect(treeCpuSeconds(2 ** 30)).toBeUndefined();
  });
});
