import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleDocument, tinyModel } from '@hamon/testing';
import type { HostExit, InferenceHost } from '../src/index.js';
import { isRunning, scoresOf, startHost, temporaryFolder, until } from './support.js';

const frame = new Uint8Array(64).fill(5);
const exitOf = (host: InferenceHost): Promise<HostExit> => new Promise((resolve) => host.onExit(resolve));
const pidOf = ({ pid }: InferenceHost): number => {
  if (pid === undefined) throw new Error('no process');
  return pid;
};

describe('a worker in trouble', () => {
  it('killed in the middle of a run: every run ends, once, and says so', async () => {
    const host = await startHost({ delayRounds: 2_000_000 });
    const runs = [host.run(frame), host.run(frame), host.run(frame)];
    const outcomes = Promise.allSettled(runs);
    process.kill(pidOf(host), 'SIGKILL');
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'worker-crashed' } });
    }
    expect(await exitOf(host)).toEqual({
      code: 'worker-crashed',
      detail: expect.stringContaining('killed by SIGKILL'),
    });
    await expect(host.run(frame)).rejects.toMatchObject({ code: 'worker-crashed' });
    expect(host.isAlive).toBe(false);
  });

  it('stopped in its tracks: the run in it ends as a hang and the process is gone', async () => {
    const host = await startHost({}, { hangMs: 300 });
    process.kill(pidOf(host), 'SIGSTOP');
    await expect(host.run(frame)).rejects.toMatchObject({
      code: 'worker-hung',
      message: 'no answer for 300 ms',
    });
    expect(await exitOf(host)).toMatchObject({ code: 'worker-hung' });
    expect(isRunning(pidOf(host))).toBe(false);
  });

  it('stopped while idle: the heartbeat notices', async () => {
    const host = await startHost({}, { hangMs: 300 });
    process.kill(pidOf(host), 'SIGSTOP');
    expect(await exitOf(host)).toMatchObject({ code: 'worker-hung' });
  });

  it('with a model that never ends: a hang, and the next host is unharmed', async () => {
    const endless = await startHost({ delayRounds: Infinity }, { hangMs: 300 });
    const other = await startHost();
    await expect(endless.run(frame)).rejects.toMatchObject({ code: 'worker-hung' });
    expect(scoresOf(await other.run(frame))[0]).toBe(5);
  });

  it('does not take SIGTERM and SIGINT, which a service manager sends to the whole group', async () => {
    const host = await startHost();
    process.kill(pidOf(host), 'SIGTERM');
    process.kill(pidOf(host), 'SIGINT');
    expect(scoresOf(await host.run(frame))[0]).toBe(5);
  });

  it('stops in the middle of an endless run', async () => {
    const host = await startHost({ delayRounds: Infinity });
    const run = host.run(frame);
    const stopped = host.stop();
    await expect(run).rejects.toMatchObject({ code: 'stopped' });
    await stopped;
    expect(isRunning(pidOf(host))).toBe(false);
    expect(await exitOf(host)).toMatchObject({ code: 'stopped' });
  });

  it('leaves when its parent is killed', async () => {
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, tinyModel());
    const { input } = bundleDocument();
    const options = {
      modelPath,
      input,
      outputs: ['scores'],
      intraOpNumThreads: 1,
      hangMs: 10_000,
      loadTimeoutMs: 30_000,
    };
    const program = `
      import { InferenceHost } from '@hamon/inference';
      const host = await InferenceHost.start(${JSON.stringify(options)});
      console.log(host.pid);
      setInterval(() => {}, 1000);`;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const worker = Number(line.toString());
    expect(isRunning(worker)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isRunning(worker));
  });

  it('cannot be started for want of file descriptors: an error, not a crash of the parent', async () => {
    const { input } = bundleDocument();
    const options = {
      modelPath: 'm',
      input,
      outputs: ['scores'],
      intraOpNumThreads: 1,
      hangMs: 1000,
      loadTimeoutMs: 5000,
    };
    const program = `
      import { openSync } from 'node:fs';
      import { InferenceHost } from '@hamon/inference';
      try { for (;;) openSync('/dev/null'); } catch {}
      const error = await InferenceHost.start(${JSON.stringify(options)}).catch((error) => error);
      process.stdout.write(error.code + ' ' + error.message);`;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const command = 'ulimit -n 512; exec "$0" --input-type=module -e "$1"';
    const parent = spawn('sh', ['-c', command, process.execPath, program], {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    let said = '';
    parent.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
    await once(parent, 'close');
    expect(said).toMatch(/^worker-crashed .*EMFILE/);
  });

  it('never sees what is in its parent’s environment', async () => {
    process.env['HAMON_ADMIN_TOKEN'] = 'secret-of-the-parent';
    const host = await startHost();
    const environment = await readFile(`/proc/${pidOf(host)}/environ`, 'utf8').catch(() => '');
    delete process.env['HAMON_ADMIN_TOKEN'];
    expect(environment).not.toContain('secret-of-the-parent');
  });
});

describe('a model that cannot be served', () => {
  const unloadable = async (bytes: Uint8Array): Promise<void> => {
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, bytes);
    await expect(startHost(modelPath)).rejects.toMatchObject({
      name: 'InferenceError',
      code: 'model-unloadable',
      message: expect.stringMatching(/./),
    });
  };

  it('is truncated, no ONNX, or empty', async () => {
    const model = tinyModel();
    await unloadable(model.subarray(0, model.length / 2));
    await unloadable(Buffer.from('this is no model'));
    await unloadable(new Uint8Array(0));
  });

  it('is not there', async () => {
    const modelPath = join(await temporaryFolder(), 'absent.onnx');
    await expect(startHost(modelPath)).rejects.toMatchObject({ code: 'model-unloadable' });
  });

  it('has another input or output than its bundle says', async () => {
    await expect(startHost({ inputName: 'pixels' })).rejects.toMatchObject({ code: 'input-mismatch' });
    await expect(startHost({ width: 9 })).rejects.toMatchObject({ code: 'input-mismatch' });
    await expect(startHost({ batch: 2 })).rejects.toMatchObject({ code: 'input-mismatch' });
    await expect(startHost({ layout: 'NHWC' })).rejects.toMatchObject({ code: 'input-mismatch' });
    await expect(startHost({ outputName: 'y' })).rejects.toMatchObject({ code: 'labels-mismatch' });
  });

  it('takes longer to load than it may', async () => {
    await expect(startHost({}, { loadTimeoutMs: 1 })).rejects.toMatchObject({ code: 'worker-hung' });
  });

  it('is altered behind its head', async () => {
    const modelPath = join(await temporaryFolder(), 'model.onnx');
    await writeFile(modelPath, tinyModel());
    await appendFile(modelPath, Buffer.alloc(100, 0xff));
    await expect(startHost(modelPath)).rejects.toMatchObject({ code: 'model-unloadable' });
  });
});
