import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigReport, ConfigState } from '@hamon/contracts';
import { generateSigningKey } from '@hamon/trust';
import type { AgentProcess } from '../support/agent-process.js';
import { Scene } from '../support/scene.js';
import type { PreparedBundle } from '../support/test-fleet.js';
import { until } from '../support/until.js';

let scene: Scene;
let bundle: PreparedBundle;
beforeAll(async () => {
  scene = await Scene.open();
  bundle = await scene.bundle('1.0.0');
});
afterEach(() => scene.killAgents());
afterAll(() => scene.close());

/** A stream that shows the images of a folder which the device allows. */
const stream = (name: string, path = scene.images, framesPerSecond = 50) => ({
  ...{ name, source: { kind: 'directory', path, framesPerSecond } },
});
const running = (config: Record<string, unknown> = {}) =>
  scene.running(bundle, undefined, { allow: { folders: [scene.folder] }, ...config });
const told = (id: string): ConfigReport | undefined => scene.fleet.lastReport(id)?.configuration;
const says = async (id: string, sequence: number, state: ConfigState, agent?: AgentProcess) => {
  const is = (): boolean => told(id)?.sequence === sequence && told(id)?.state === state;
  const seen = (): string => `${JSON.stringify(told(id))}\n${agent?.log.slice(-4000) ?? ''}`;
  await until(`configuration ${sequence} ${state}`, is, undefined, seen);
  return told(id) as ConfigReport;
};
const streamsOf = async (agent: AgentProcess) =>
  new Map((await agent.status()).streams.map((shown) => [shown.name, shown]));
const rejections = (id: string): string[] =>
  scene.fleet
    .eventsOf(id)
    .filter(({ kind }) => kind === 'config-rejected')
    .map(({ detail }) => detail);

describe('a configuration from the centre', () => {
  it('takes the place of the streams of the own file, and gives them back when it is taken back', async () => {
    const { id, agent } = await running();
    expect([...(await streamsOf(agent)).keys()]).toEqual(['main']);
    await says(
      id,
      await scene.fleet.configure(id, { streams: [stream('a'), stream('b')] }),
      'applied',
      agent,
    );
    const seen = await streamsOf(agent);
    expect([...seen.keys()]).toEqual(['a', 'b']);
    expect(seen.get('a')?.source).toMatchObject({ state: 'running' });
    expect(scene.fleet.lastReport(id)?.streams?.map(({ name }) => name)).toEqual(['a', 'b']);

    await agent.stop();
    await agent.start();
    expect([...(await streamsOf(agent)).keys()]).toEqual(['a', 'b']);

    await says(id, await scene.fleet.configure(id, null), 'applied', agent);
    expect([...(await streamsOf(agent)).keys()]).toEqual(['main']);
  });

  it('disturbs no stream that stays the same, whether it stays or is gone back from', async () => {
    const { id, agent } = await running();
    const { fleet } = scene;
    const file = join(scene.folder, `${id}.jsonl`);
    const kept = { ...stream('a'), sinks: [{ kind: 'jsonl', path: file }] };
    const records = async (): Promise<number> => (await readFile(file, 'utf8')).trimEnd().split('\n').length;
    const frames = async (): Promise<number> => (await streamsOf(agent)).get('a')?.source?.frames ?? 0;
    const goesOn = async (): Promise<void> => {
      const before = await frames();
      await until('frames come', async () => (await frames()) > before + 20);
      // Each record is of a frame that the source has counted since it began: it never began anew.
      const written = await records();
      expect(written).toBeGreaterThan(20);
      expect(await frames()).toBeGreaterThanOrEqual(written);
    };
    await says(id, await fleet.configure(id, { streams: [kept, stream('b')] }), 'applied', agent);
    await goesOn();

    const changed = { streams: [kept, stream('b', scene.images, 20), stream('c')] };
    await says(id, await fleet.configure(id, changed), 'applied', agent);
    await goesOn();

    const empty = join(scene.folder, 'nothing-there');
    const bad = { streams: [kept, stream('b', empty), stream('c')] };
    const sequence = await fleet.configure(id, bad, { trialSeconds: 1 });
    const { reason } = await says(id, sequence, 'reverted', agent);
    expect(reason).toMatchObject({
      code: 'stream-not-up',
      detail: expect.stringMatching(/^b: .*nothing-there/),
    });
    await goesOn();
    await until('its neighbour is back', async () => {
      const { source } = (await streamsOf(agent)).get('b') ?? {};
      return source?.state === 'running';
    });
    await agent.stop();
    const { frames: counted } = fleet.lastReport(id)!;
    expect(counted.answered).toBe(counted.accepted);
    expect(counted.rejected ?? 0).toBe(0);
  });

  it('that was gone back from is not tried again, however often it comes', async () => {
    const { id, agent } = await running();
    const bad = { streams: [stream('a', join(scene.folder, 'nowhere'))] };
    const sequence = await scene.fleet.configure(id, bad, { trialSeconds: 1 });
    const first = await says(id, sequence, 'reverted', agent);
    await agent.stop();
    await agent.start();
    await until('it is connected', async () => (await agent.status()).connected);
    await scene.fleet.configure(id, bad, { sequence, trialSeconds: 1 });
    // What is judged in turn behind it shows that it was judged.
    await scene.fleet.configure(id, {}, { sequence: sequence - 1 });
    await until('the older one is rejected', () =>
      rejections(id).some((one) => one.startsWith('config-older:')),
    );
    expect(told(id)).toEqual(first);
    expect([...(await streamsOf(agent)).keys()]).toEqual(['main']);
  });

  it('is taken only where it is signed for this device, newer, and the same under its number', async () => {
    const { id, agent } = await running();
    const { fleet } = scene;
    const sequence = await fleet.configure(id, { streams: [stream('a')] });
    const good = await says(id, sequence, 'applied', agent);
    const bad = { streams: [stream('forged')] };
    await fleet.configure(id, bad, { key: await generateSigningKey() });
    await fleet.configure(id, bad, { device: 'other' });
    await fleet.configure(id, bad, { sequence });
    await fleet.publishConfig(id, { hello: 1 });
    await fleet.publishConfig(id, await fleet.sign(id, bundle, { sequence: 1000 }));
    await until(
      'all are rejected',
      () => rejections(id).length === 5,
      undefined,
      () => rejections(id).join('\n'),
    );
    expect(rejections(id).map((one) => one.split(':')[0])).toEqual([
      'config-bad-signature',
      'config-foreign-device',
      'config-conflict',
      'config-malformed',
      'config-bad-signature',
    ]);
    expect(told(id)).toEqual(good);
    expect([...(await streamsOf(agent)).keys()]).toEqual(['a']);
  });

  it('may use no more of the machine than the own file allows', async () => {
    const images = join(scene.folder, 'allowed');
    await mkdir(images);
    await symlink('/etc', join(images, 'link'));
    const { id, agent } = await running({ allow: { folders: [images] } });
    const { fleet } = scene;
    const refused = async (source: object): Promise<string | undefined> => {
      const { reason } = await says(id, await fleet.configure(id, { source }), 'rejected', agent);
      return reason?.code;
    };
    expect(await refused({ kind: 'directory', path: '/etc' })).toBe('config-not-allowed');
    expect(await refused({ kind: 'drop-folder', path: join(images, 'link') })).toBe('config-not-allowed');
    expect(await refused({ kind: 'directory', path: '../secrets' })).toBe('config-invalid');
    const program = { kind: 'command', program: 'camera', width: 64, height: 64 };
    expect(await refused(program)).toBe('config-not-allowed');
    expect(await refused({ ...program, program: undefined, run: ['sh', '-c', 'true'] })).toBe(
      'config-invalid',
    );
    expect([...(await streamsOf(agent)).keys()]).toEqual(['main']);
  });

  it('may use a secret that the own file lists for nothing but its hosts', async () => {
    const { id, agent } = await running({
      allow: { secrets: { door: ['cam.plant', '2001:DB8::7'], 'back-door': ['cam.plant'] } },
    });
    const said = async (config: object): Promise<string | undefined> => {
      const sequence = await scene.fleet.configure(id, config as Record<string, unknown>, {
        trialSeconds: 1,
      });
      await until('it is judged', () => told(id)?.sequence === sequence && told(id)?.state !== 'trial');
      return told(id)?.reason?.code;
    };
    const door = { secret: 'door' };
    const camera = (url: string, password: object = door) => ({
      source: { kind: 'ffmpeg', url, user: 'u', password },
    });
    expect(await said(camera('rtsp://thief.example/a'))).toBe('config-not-allowed');
    expect(await said(camera('rtsp://cam.plant.thief.example/a'))).toBe('config-not-allowed');
    expect(await said(camera('http://thief.example/.cam.plant'))).toBe('config-not-allowed');
    expect(told(id)?.reason?.detail).toBe(
      'source.password: the device\'s allow.secrets lets "door" not be used for thief.example',
    );
    // Another spelling that finds the same variable.
    expect(await said(camera('rtsp://thief.example/a', { secret: 'back_door' }))).toBe('config-not-allowed');
    // Hosts that ffmpeg and others read otherwise than they were checked.
    for (const url of ['rtsp://cam.plant\\@thief.example/', 'http://cam.plant#@thief.example/']) {
      expect(await said(camera(url))).toBe('config-invalid');
    }
    const hook = { kind: 'webhook', url: 'https://thief.example/', secret: door };
    expect(await said({ streams: [{ ...stream('a'), sinks: [hook] }] })).toBe('config-not-allowed');
    const trigger = {
      kind: 'mqtt',
      topic: 't',
      broker: { url: 'mqtts://thief.example', user: 'u', password: door },
    };
    expect(await said({ streams: [{ ...stream('a'), trigger }] })).toBe('config-not-allowed');
    // These are tried, and fail for want of the secret.
    expect(await said(camera('rtsp://CAM.plant/a'))).toBe('stream-not-up');
    expect(await said(camera('rtsp://[2001:db8::7]/a'))).toBe('stream-not-up');
    expect(await said(camera('rtsp://127.0.0.1:1/a', { secret: 'not-listed' }))).toBe('stream-not-up');
    expect(agent.log).not.toContain('a configuration met a bug');
  });

  it('with a setting that this agent does not know is rejected by its number', async () => {
    const { id, agent } = await running();
    const { reason } = await says(id, await scene.fleet.configure(id, { colour: 'red' }), 'rejected', agent);
    expect(reason).toMatchObject({ code: 'config-invalid', detail: expect.stringContaining('colour') });
  });

  it('leaves alone what the own file keeps, and says so', async () => {
    const { id, agent } = await running({ local: ['streams.main', 'limits'] });
    const wanted = { streams: [stream('a'), stream('main')], limits: { imageMegapixels: 1 } };
    const { ignored } = await says(id, await scene.fleet.configure(id, wanted), 'applied', agent);
    expect(ignored?.toSorted()).toEqual(['limits', 'streams.main']);
    expect([...(await streamsOf(agent)).keys()].toSorted()).toEqual(['a', 'main']);
  });

  it('gives way to an own file that no longer allows it, and is used again when it does', async () => {
    const { id, agent } = await running();
    const sequence = await scene.fleet.configure(id, { streams: [stream('a')] });
    await says(id, sequence, 'applied', agent);
    await agent.stop();
    await agent.restart({ allow: { folders: [] } });
    expect([...(await streamsOf(agent)).keys()]).toEqual(['main']);
    const { reason } = await says(id, sequence, 'reverted', agent);
    expect(reason?.code).toBe('config-not-allowed');
    await agent.stop();
    await agent.restart({ allow: { folders: [scene.folder] } });
    await says(id, sequence, 'applied', agent);
    expect([...(await streamsOf(agent)).keys()]).toEqual(['a']);
  });

  it('that holds a password is rejected without repeating it', async () => {
    const { id, agent } = await running();
    const source = { kind: 'ffmpeg', url: 'rtsp://root:hunter2@10.0.0.7/a' };
    const sequence = await scene.fleet.configure(id, { streams: [{ name: 'a', source }] });
    const { reason } = await says(id, sequence, 'rejected', agent);
    expect(reason).toMatchObject({
      code: 'config-invalid',
      detail: expect.stringContaining('streams.0.source.url'),
    });
    expect(agent.log).not.toContain('hunter2');
  });

  it('changes what models may take while they run', async () => {
    const { id, agent } = await running();
    const { workers } = await agent.status();
    const wanted = { resources: { models: { tiny: { nice: 17 } }, cpu: { budget: 3 } } };
    const report = await says(id, await scene.fleet.configure(id, wanted), 'applied', agent);
    expect(report.needsRestart).toBeUndefined();
    const text = await readFile(`/proc/${workers.current ?? 0}/stat`, 'utf8');
    expect(text.slice(text.lastIndexOf(')') + 2).split(' ')[19 - 3]).toBe('17');
  });

  it('says which settings wait for the next start, and uses them then', async () => {
    const { id, agent } = await running();
    const sequence = await scene.fleet.configure(id, { limits: { imageMegapixels: 1 } });
    const report = await says(id, sequence, 'applied', agent);
    expect(report.needsRestart).toEqual(['limits.imageMegapixels']);
    await agent.stop();
    await agent.start();
    await until('they are used', () => told(id)?.state === 'applied' && told(id)?.needsRestart === undefined);
    expect(told(id)?.sequence).toBe(sequence);
  });
});

describe('a trial', () => {
  /** Nothing comes of it, and nobody waits so long. */
  const hopeless = () => ({ streams: [stream('a', join(scene.folder, 'never'))] });

  it('goes on when the agent is killed in it, and ends where that happens again and again', async () => {
    const { id, agent } = await running();
    const sequence = await scene.fleet.configure(id, hopeless(), { trialSeconds: 600 });
    await says(id, sequence, 'trial', agent);
    await until('it is tried', async () => (await streamsOf(agent)).has('a'));
    for (let i = 0; i < 2; i++) {
      await agent.kill();
      await agent.start();
      expect([...(await streamsOf(agent)).keys()]).toEqual(['a']);
    }
    await agent.kill();
    await agent.start();
    const { reason } = await says(id, sequence, 'reverted', agent);
    expect(reason?.code).toBe('boot-loop');
    expect([...(await streamsOf(agent)).keys()]).toEqual(['main']);
  });

  it('ends by itself where nobody can be asked, and says so later', async () => {
    const { id, agent } = await running();
    const { fleet } = scene;
    const sequence = await fleet.configure(id, hopeless(), { trialSeconds: 3 });
    await says(id, sequence, 'trial', agent);
    await fleet.stopBroker();
    await until('it is back', async () => [...(await streamsOf(agent)).keys()].join() === 'main');
    await fleet.startBroker();
    await fleet.republish();
    await says(id, sequence, 'reverted', agent);
  });

  it('makes way for a newer configuration', async () => {
    const { id, agent } = await running();
    const { fleet } = scene;
    const first = await fleet.configure(id, hopeless(), { trialSeconds: 600 });
    await says(id, first, 'trial', agent);
    await says(id, await fleet.configure(id, { streams: [stream('b')] }), 'applied', agent);
    expect([...(await streamsOf(agent)).keys()]).toEqual(['b']);
  });
});
