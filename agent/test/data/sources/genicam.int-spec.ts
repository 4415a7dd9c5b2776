import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { needing } from '@hamon/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { OpenedSource } from './support/opened-source.js';

const CAMERA = '/usr/bin/arv-fake-gv-camera-0.8';
const LAUNCH = '/usr/bin/gst-launch-1.0';
const isThere =
  existsSync(CAMERA) &&
  existsSync(LAUNCH) &&
  ['x86_64', 'aarch64'].some((machine) =>
    existsSync(`/usr/lib/${machine}-linux-gnu/gstreamer-1.0/libgstaravis.0.8.so`),
  );
const whyNot = isThere
  ? undefined
  : 'there is no GigE Vision camera; install Debian\'s packages "aravis-tools gstreamer1.0-tools gstreamer1.0-plugins-base"';

/** As docs/GATEWAY.md has it. */
const run = [
  ...[
    LAUNCH,
    '-q',
    'aravissrc',
    'camera-name=127.0.0.1',
    '!',
    'video/x-raw,format=GRAY8,width=512,height=512',
  ],
  ...['!', 'fdsink', 'fd=1'],
];

needing(describe, whyNot)('a GigE Vision camera through GStreamer', () => {
  let camera: ChildProcess;
  let source: OpenedSource | undefined;

  const start = (): void => void (camera = spawn(CAMERA, ['-i', '127.0.0.1'], { stdio: 'ignore' }));
  const pullOut = async (): Promise<void> => {
    const exit = once(camera, 'exit');
    camera.kill('SIGKILL');
    await exit;
  };

  afterEach(async () => {
    await source?.stop();
    await pullOut();
  });

  it('gives its frames, is missed when it is pulled out, and found again', async () => {
    start();
    source = new OpenedSource(
      { kind: 'command', program: 'gige', width: 512, height: 512, format: 'gray8', stallSeconds: 2 },
      { programs: { gige: run } },
    );
    const [first, second] = await source.frames(2);
    expect(first).toMatchObject({ width: 512, height: 512, channels: 1 });
    expect(second!.data).not.toEqual(first!.data);
    await pullOut();
    expect(await source.failing()).toContain('gige');
    start();
    const { frames } = source.state;
    await source.until('frames come again', () => source!.state.frames > frames);
    expect(source.state.state).toBe('running');
  });
});
