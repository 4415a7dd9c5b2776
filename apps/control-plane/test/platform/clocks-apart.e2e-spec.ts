import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RolloutView, TimeView } from '@hamon/contracts';
import { connectAgent } from '../support/connect-agent.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { pushReleased } from '../support/push-bundle.js';
import { rolloutEnds } from '../support/rollouts.js';
import { makeTestPlace, type TestPlace } from '../support/test-control-plane.js';

const SHIFT = pathToFileURL(join(import.meta.dirname, '../support/shifted-date.mjs')).href;
const DAYS_MS = 86_400_000;

let place: TestPlace;
let plane: ControlPlaneProcess;

beforeEach(async () => {
  place = await makeTestPlace();
});
afterEach(async () => {
  await plane.end('SIGKILL');
  await place.discard();
});

describe('a control plane whose clock is off from its database', () => {
  it.each([60, -60])(
    'by %d days: says so, tells devices one time, and ends no rollout because of it',
    async (days) => {
      const env = { NODE_OPTIONS: `--import=${SHIFT}`, CLOCK_SHIFT_MS: String(days * DAYS_MS) };
      plane = await ControlPlaneProcess.start(place, env);

      const text = await (await fetch(`${plane.url}/metrics`)).text();
      const ahead = /^hamon_database_clock_ahead_seconds (\S+)$/m.exec(text)?.[1];
      expect(Math.round(Number(ahead) / 86_400)).toBe(-days);
      const { body } = await plane.call<TimeView>('GET', '/v1/time');
      expect(Math.abs(Date.parse(body.now) - Date.now())).toBeLessThan(60_000);

      await pushReleased(plane);
      const device = await connectAgent(plane, 'camera-1');
      const started = await plane.call<RolloutView>('POST', '/v1/rollouts', {
        ...{ model: 'tiny', version: '1.0.0', where: '', stages: '100%', watchSeconds: 0 },
      });
      expect(started.status).toBe(201);
      const ended = await rolloutEnds(plane, started.body.id);
      expect(ended).toMatchObject({ state: 'succeeded', progress: { committed: 1 } });
      await device.stop();
    },
  );
});
