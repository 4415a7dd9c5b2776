import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ServiceManager } from '../../src/adapters/service-manager.js';
import { AgentProcess } from '../support/agent-process.js';
import { Scene } from '../support/scene.js';
import { ServiceSocket, whyNoSystemdNotify } from '../support/service-socket.js';
import { temporaryFolder } from '../support/test-bundles.js';
import { until } from '../support/until.js';

if (whyNoSystemdNotify !== undefined) {
  it('can be tried with systemd-notify', ({ skip }) => {
    if (process.env['HAMON_TEST_REQUIRE_SERVERS'] === '1') throw new Error(whyNoSystemdNotify);
    skip(whyNoSystemdNotify);
  });
}

describe.skipIf(whyNoSystemdNotify !== undefined)('what a service says to systemd', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let socket: ServiceSocket;
  beforeAll(async () => {
    folder = await temporaryFolder();
    socket = await ServiceSocket.listen(folder.path);
  });
  afterEach(() => {
    socket.messages.splice(0);
  });
  afterAll(async () => {
    await socket.close();
    await folder.remove();
  });

  const troubles: string[] = [];
  const managerIn = (environment: NodeJS.ProcessEnv): ServiceManager =>
    new ServiceManager({ environment, onTrouble: (why) => troubles.push(why) });
  const told = (at: number): string[] => socket.messages[at] ?? [];

  it('is that it is ready, how it is, that it lives, and that it ends, in this order', async () => {
    const watchdog = { WATCHDOG_USEC: '100000', WATCHDOG_PID: String(process.pid) };
    const manager = managerIn({ NOTIFY_SOCKET: socket.path, ...watchdog });
    let asked = 0;
    await manager.ready(() => `asked ${(asked += 1)} times\nMAINPID=1`);
    await until('the watchdog is fed', () => socket.count('WATCHDOG=1') >= 2);
    await manager.stopping();
    await until('the end is told', () => socket.count('STOPPING=1') === 1);
    // A line break in a status would be an assignment of its own.
    expect(told(0)).toEqual(['READY=1', 'STATUS=asked 1 times\\nMAINPID=1']);
    expect(told(1)).toEqual(['WATCHDOG=1', 'STATUS=asked 2 times\\nMAINPID=1']);
    expect(troubles).toEqual([]);
  });

  it('is nothing where systemd did not start it, and no watchdog where that is another process’s', async () => {
    await managerIn({}).ready(() => 'well');
    const manager = managerIn({ NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' });
    await manager.ready(() => 'well');
    await manager.stopping();
    await until('the end is told', () => socket.count('STOPPING=1') === 1);
    expect(socket.messages).toEqual([['READY=1', 'STATUS=well'], ['STOPPING=1']]);
  });

  it('is said by itself alone: no child finds the socket in its environment', () => {
    const environment = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '1000', WATCHDOG_PID: '1', HOME: '/' };
    managerIn(environment);
    expect(environment).toEqual({ HOME: '/' });
  });

  it.each([{}, { WATCHDOG_USEC: '100000', WATCHDOG_PID: String(process.pid) }])(
    'is said again until it was heard that it is ready: %j',
    async (watchdog) => {
      const late = await mkdtemp(join(folder.path, 'late-'));
      const manager = managerIn({ NOTIFY_SOCKET: join(late, 'notify.sock'), ...watchdog });
      await manager.ready(() => 'well');
      expect(troubles.splice(0)).toHaveLength(1);
      const heard = await ServiceSocket.listen(late);
      await until('it is ready', () => heard.count('READY=1') === 1);
      await manager.stopping();
      await until('the end is told', () => heard.count('STOPPING=1') === 1);
      expect(heard.count('READY=1')).toBe(1);
      await heard.close();
    },
  );

  it('is missed once where nobody listens, and the service goes on', async () => {
    const manager = managerIn({ NOTIFY_SOCKET: `${socket.path}.gone` });
    await manager.ready(() => 'well');
    await manager.stopping();
    expect(troubles.splice(0)).toEqual([expect.stringContaining('could not tell systemd READY=1')]);
  });
});

describe.skipIf(whyNoSystemdNotify !== undefined)('an agent that systemd started', () => {
  let scene: Scene;
  let socket: ServiceSocket;
  beforeAll(async () => {
    scene = await Scene.open();
    socket = await ServiceSocket.listen(scene.folder);
  });
  afterAll(async () => {
    await socket.close();
    await scene.close();
  });

  it('says that it is ready when it answers, feeds the watchdog until it hangs, and says that it ends', async () => {
    const { id, agent: plain } = await scene.device();
    const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '200000' };
    const agent = new AgentProcess(plain.stateFolder, {}, env);
    await agent.start();
    await until('it is ready', () => socket.count('READY=1') === 1);
    expect((await fetch(`${await agent.httpUrl()}/healthz`)).status).toBe(200);
    const says = (text: string): boolean =>
      socket.messages.some((told) =>
        told.some((line) => line.startsWith(`STATUS=${id} of`) && line.includes(text)),
      );
    await until('the status says that it is connected', () => says(', connected'));
    process.kill(agent.pid, 'SIGSTOP');
    // What it had begun to send before may still come; then there is silence for many times the watchdog's patience.
    await until('it is silent', async () => {
      const before = socket.count('WATCHDOG=1');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return socket.count('WATCHDOG=1') === before;
    });
    process.kill(agent.pid, 'SIGCONT');
    const before = socket.count('WATCHDOG=1');
    await until('it is fed again', () => socket.count('WATCHDOG=1') > before);
    expect(await agent.stop()).toBe(0);
    expect(socket.messages.at(-1)).toEqual(['STOPPING=1']);
  });
});
