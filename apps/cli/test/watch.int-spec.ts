import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RolloutState } from '@hamon/contracts';
import { cut, FakeServer, json, problem } from './support/fake-server.js';
import { hamon } from './support/run.js';
import { ROLLOUT, rolloutView } from './support/views.js';

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

const path = `/v1/rollouts/${ROLLOUT}`;
const event = (seq: number) =>
  `id: ${seq}\ndata: ${JSON.stringify({ seq, at: '2026-03-01T12:00:00.000Z', kind: 'note', text: `event ${seq}` })}\n\n`;
const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });
const watch = (flags: string[] = [], signal?: AbortSignal) =>
  hamon(['rollout', 'watch', ROLLOUT, ...flags, ...server.flags], signal ? { signal } : {});

/** Runs for some answers, then has ended. */
const endsAfter = (answers: number, state: RolloutState, reason = '') =>
  server.on(`GET ${path}`, (_q, r, attempt) =>
    json(
      r,
      attempt <= answers
        ? rolloutView()
        : rolloutView({ state, reason, endedAt: '2026-03-01T12:05:00.000Z' }),
    ),
  );

const eventsSeen = (out: string) => [...out.matchAll(/event (\d+)/g)].map(([, seq]) => Number(seq));

describe('watching a rollout', () => {
  it.each<[RolloutState, number]>([
    ['succeeded', 0],
    ['rolled-back', 3],
    ['aborted', 3],
  ])('that ends %s exits with %d', async (state, code) => {
    server.on(`GET ${path}/events`, (_q, r) => stream(r).end(event(0) + event(1)));
    endsAfter(1, state, 'kappa 0.1 is below 0.4');
    const said = await watch();
    expect(said.code).toBe(code);
    expect(eventsSeen(said.out)).toEqual([0, 1]);
    expect(said.out).toMatch(new RegExp(`tile-inspector@2\\.0\\.0: ${state}: kappa 0\\.1 is below 0\\.4\n$`));
    const quiet = await watch(['--json']);
    expect(quiet.code).toBe(code);
    expect(quiet.json).toMatchObject({ schema: 'hamon.rollout/1', state });
  });

  it('resumes the events after the last one seen, each told once, in whatever pieces they come', async () => {
    server.on(`GET ${path}/events`, ({ headers }, r, attempt) => {
      const last = Number(headers['last-event-id'] ?? -1);
      stream(r);
      if (attempt === 1) {
        const text = event(0) + event(1) + event(2);
        r.write(text.slice(0, 30), () => r.write(text.slice(30, -20), () => cut(r)));
      } else {
        // At least once: an event that was seen comes again.
        r.end(Array.from({ length: 5 - last }, (_, i) => event(last + i)).join(''));
      }
    });
    endsAfter(3, 'succeeded');
    const { code, out } = await watch();
    expect(code).toBe(0);
    expect(eventsSeen(out)).toEqual([0, 1, 2, 3, 4]);
    const asked = server.received
      .filter((r) => r.path.endsWith('/events'))
      .map((r) => r.headers['last-event-id']);
    expect(asked.slice(0, 2)).toEqual([undefined, '1']);
  });

  it('goes on by asking where the server has no stream', async () => {
    server.on(`GET ${path}/events`, (_q, r) => problem(r, 404, 'not-found', 'No such route.'));
    endsAfter(1, 'succeeded');
    expect((await watch()).code).toBe(0);
  });

  it('outlives a server that is away for a while', async () => {
    server.on(`GET ${path}`, (_q, r, attempt) => {
      if (attempt === 1) json(r, rolloutView());
      else if (attempt < 7) cut(r);
      else json(r, rolloutView({ state: 'succeeded' }));
    });
    const { code, err } = await watch();
    expect(code).toBe(0);
    expect(err).toMatch(/connection is lost; trying again …\n.*connection is back/);
  });

  it('names the command that goes on where a person is waited for', async () => {
    server.on(`GET ${path}`, (_q, r, attempt) => {
      const state = (['awaiting-approval', 'paused', 'succeeded'] as const)[attempt - 1] ?? 'succeeded';
      json(r, rolloutView({ state }));
    });
    const { err } = await watch(['--json']);
    expect(err).toContain(`hamon rollout approve ${ROLLOUT}`);
    expect(err).toContain(`hamon rollout resume ${ROLLOUT}`);
  });

  it('names the offline devices where it waits for nobody else', async () => {
    const offline = { count: 7, devices: ['cam-1', 'cam-2'] };
    server.on(`GET ${path}`, (_q, r, attempt) =>
      json(
        r,
        [
          rolloutView({ progress: { downloading: 1, assigned: 7 }, offline }),
          rolloutView({ progress: { committed: 1, assigned: 7 }, offline }),
        ][attempt - 1] ?? rolloutView({ state: 'succeeded', progress: { committed: 8 } }),
      ),
    );
    const { err } = await watch(['--json']);
    expect(err.split('\n').filter((line) => line.includes('offline'))).toEqual([
      'Waiting for devices that are offline: 7 devices: cam-1, cam-2 and 5 more; updated once back',
    ]);
  });

  it('says at its end who came too late, and how to bring them in', async () => {
    endsAfter(1, 'succeeded');
    const late = { count: 2, devices: ['cam-8', 'cam-9'], where: 'id in (cam-8,cam-9)' };
    server.on(`GET ${path}/latecomers`, (_q, r) => json(r, late));
    const { code, out } = await watch();
    expect(code).toBe(0);
    expect(out).toContain(
      "2 devices match only since it began: cam-8, cam-9. Bring them in with:\n  hamon rollout start tile-inspector@2.0.0 --where 'id in (cam-8,cam-9)'\n",
    );
    expect((await watch(['--json'])).json).toMatchObject({ latecomers: late });
  });

  it('brings nobody into a version that was taken back', async () => {
    endsAfter(1, 'rolled-back');
    server.on(`GET ${path}/latecomers`, (_q, r) => json(r, { count: 1, devices: ['cam-8'], where: '' }));
    const { out } = await watch();
    expect(out).not.toContain('cam-8');
  });

  it('ends with Ctrl-C, saying nothing more', async () => {
    const interrupted = new AbortController();
    server.on(`GET ${path}`, (_q, r, attempt) => {
      json(r, rolloutView());
      if (attempt === 2) interrupted.abort();
    });
    expect(await watch([], interrupted.signal)).toMatchObject({ code: 130, err: '' });
  });

  it('of a rollout that does not exist is refused at once', async () => {
    server.on(`GET ${path}`, (_q, r) => problem(r, 404, 'rollout-not-found', 'There is no such rollout.'));
    expect(await watch()).toMatchObject({ code: 1, err: expect.stringContaining('hamon rollout ls') });
  });

  it('follows one that was started with --wait', async () => {
    server.on('POST /v1/rollouts', (_q, r) => json(r, rolloutView(), 201));
    endsAfter(1, 'rolled-back', 'two devices refused it');
    const { code, out } = await hamon([
      'rollout',
      'start',
      'tile-inspector@2.0.0',
      '--wait',
      ...server.flags,
    ]);
    expect(code).toBe(3);
    expect(out).toMatch(
      /Rollout 7f5b3d0e-1111-4222-8333-444455556666 started[^]*rolled-back: two devices refused it/,
    );
  });
});
