import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  encodeVideo,
  inLongRun,
  LossyLink,
  needing,
  RtspServer,
  temporaryFolder,
  whyNoFfmpeg,
  whyNoLossyLink,
  whyNoRtspServer,
} from '@hamon/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { OpenedSource } from './support/opened-source.js';

const BAD_MS = 10_000;

needing(
  describe,
  whyNoFfmpeg,
  whyNoRtspServer,
  whyNoLossyLink,
)('a bad cable to a camera', () => {
  let link: LossyLink;
  let server: RtspServer;
  let source: OpenedSource | undefined;

  afterEach(async () => {
    await source?.stop();
    await server.kill();
    await link.close();
  });

  const openLink = async (): Promise<void> => {
    const file = join(await temporaryFolder(), 'camera.h264');
    await encodeVideo(file, { width: 640, height: 360, frames: 100, framesPerSecond: 25 });
    link = await LossyLink.open();
    const { address, prefix } = link;
    server = await RtspServer.start({ address, prefix, streams: { '/live': { file, framesPerSecond: 25 } } });
  };

  it('that carries nothing at all: it is told, and the camera found when it is plugged in', async () => {
    await openLink();
    await link.lose(100);
    source = new OpenedSource({ kind: 'ffmpeg', url: server.url('/live') });
    expect(await source.failing()).toContain('does not answer: look at the camera');
    await link.heal();
    expect((await source.frames(10)).at(-1)!.number).toBeDefined();
  });

  // How soon it is back is measured by `npm run bench -- camera`.
  inLongRun(it.each(['tcp', 'udp']))(
    'that loses six of ten packets for 10 s, over %s: its frames come again',
    async (transport) => {
      await openLink();
      source = new OpenedSource({ kind: 'ffmpeg', url: server.url('/live'), transport });
      expect((await source.frames(30)).at(-1)!.number).toBeDefined();
      await link.lose(60);
      await delay(BAD_MS);
      await link.heal();
      const { frames } = source.state;
      await source.until('its frames come again', () => source!.state.frames > frames + 50);
      const seen = await source.frames(20);
      expect(seen.map(({ number }) => number)).not.toContain(undefined);
      expect(source.state.state).toBe('running');
    },
  );
});
