import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceConfigurationView } from '@hamon/contracts';
import { enrolDevice } from './support/device.js';
import { Platform } from './support/platform.js';

const AGENT = join(process.cwd(), 'agent/bin/hamon-agent.js');
const RESTART = 75;
/** 8 × 8 pixels. */
const GREY_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGNogAIGyhgAgIQgAQ2AJGEAAAAASUVORK5CYII=';

/** A device as it stands in a cabinet: its agent, and what starts it again when it asks for that. */
class Cabinet {
  private child: ChildProcess | undefined;
  private isLeaving = false;
  starts = 0;
  private constructor(
    private readonly state: string,
    private readonly config: string,
  ) {}

  static async open(platform: Platform, folder: string): Promise<Cabinet> {
    const { token } = await platform.json<{ token: string }>(
      'enrol-token',
      'create',
      '--uses',
      '1',
      '--ttl',
      '1h',
    );
    await enrolDevice(platform.url, token, folder, 'cam-1');
    const config = join(folder, 'agent.json');
    const own = { http: { port: 0 }, minFreeDiskMb: 0, allow: { folders: [join(folder, 'images')] } };
    await writeFile(config, JSON.stringify(own));
    const cabinet = new Cabinet(join(folder, 'cam-1'), config);
    cabinet.run();
    return cabinet;
  }

  async close(): Promise<void> {
    this.isLeaving = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  private run(): void {
    this.starts += 1;
    const args = [AGENT, 'run', '--state', this.state, '--config', this.config];
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, args, { env: { PATH }, stdio: 'ignore' });
    this.child.once('exit', (code) => {
      if (code === RESTART && !this.isLeaving) this.run();
    });
  }
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error('did not happen in time');
    await new Promise((go) => setTimeout(go, 200));
  }
}

/** One operator's work on a real control plane and a real device; later steps build on earlier ones. */
describe('setting a device up from the centre', () => {
  let platform: Platform;
  let cabinet: Cabinet;
  const file = async (config: object): Promise<string> => {
    const path = join(platform.folder, 'pushed.json');
    await writeFile(path, JSON.stringify(config));
    return path;
  };
  const images = (): string => join(platform.folder, 'images');
  const stream = (name: string, path = images()) => ({ name, source: { kind: 'directory', path } });
  const configure = async (config: object | null, ...more: string[]) => {
    const what = config ? ['--file', await file(config)] : ['--withdraw'];
    return platform.hamon('device', 'configure', '--where', 'id=cam-1', ...what, '--wait', ...more).ended;
  };
  const shown = async () =>
    (await platform.json<{ configuration: DeviceConfigurationView }>('device', 'show', 'cam-1'))
      .configuration;

  beforeAll(async () => {
    platform = await Platform.start();
    await platform.json('login', '--server', platform.url, '--token', platform.token);
    await mkdir(images());
    await writeFile(join(images(), 'grey.png'), Buffer.from(GREY_PNG, 'base64'));
    cabinet = await Cabinet.open(platform, platform.folder);
    await until(async () => (await shown()).isAble);
  });
  afterAll(async () => {
    await cabinet.close();
    await platform.discard();
  });

  it('a configuration is tried, and stays', async () => {
    const said = await configure({ streams: [stream('line-a')], logLevel: 'debug' });
    expect([said.code, said.out]).toEqual([0, expect.stringContaining('1 applied')]);
    expect(await shown()).toMatchObject({
      desired: { version: 1, state: 'applied' },
      reported: { state: 'applied', needsRestart: ['logLevel'] },
    });
  });

  it('a restart puts into use what waits for one', async () => {
    const said = await platform.hamon('device', 'restart', 'cam-1', '--wait').ended;
    expect([said.code, said.out]).toEqual([0, 'cam-1 is back.\n']);
    expect(cabinet.starts).toBe(2);
    const log = await platform.hamon('device', 'logs', 'cam-1', '--agent').ended;
    const levels = log.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { level: number }).level);
    expect(log.code).toBe(0);
    expect(levels.length).toBeGreaterThan(3);
    // What waited is on trial once more, as it had not been tried.
    await until(async () => (await shown()).reported?.state === 'applied');
    expect((await shown()).reported?.needsRestart).toBeUndefined();
  });

  it('one whose stream does not come up is gone back from, with the reason', async () => {
    const said = await configure(
      { streams: [stream('line-a'), stream('line-b', join(images(), 'no'))] },
      '--trial',
      '2s',
    );
    expect(said.code).toBe(1);
    expect(said.out).toMatch(/cam-1 +reverted +stream-not-up: line-b: /);
    expect(await shown()).toMatchObject({ desired: { version: 2, state: 'reverted' } });
  });

  it('one that uses what the device does not allow is rejected there', async () => {
    const said = await configure({ streams: [stream('line-a', '/etc')] });
    expect(said.code).toBe(1);
    expect(said.out).toMatch(/cam-1 +rejected +config-not-allowed: /);
  });

  it('what was sent can be taken back', async () => {
    expect((await configure(null)).code).toBe(0);
    expect((await shown()).desired).toMatchObject({ config: null, state: 'applied' });
  });
});
