import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cut, FakeServer, json, problem } from './support/fake-server.js';
import { hamon } from './support/run.js';
import { configurationView, deviceView, modelView, ROLLOUT, rolloutView } from './support/views.js';

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

describe('wrong usage ends with exit code 2 and asks no server', () => {
  it.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['model'], /Usage: hamon model/],
    [['model', 'frobnicate'], /unknown command 'frobnicate'/],
    [['model', 'lss'], /Did you mean ls\?/],
    [['model', 'show'], /missing required argument 'name/],
    [['model', 'show', 'A B'], /must be 1-64 of a-z/],
    [['model', 'show', 'tile@2'], /MAJOR\.MINOR\.PATCH/],
    [['model', 'release', 'tile'], /NAME@VERSION/],
    [['model', 'create', 'tile', '--task', 'telling'], /task must be one of classification, detection/],
    [['model', 'create', 'tile', '--task', 'pose'], /keypoints \(poses\) are not served/],
    [['rollout', 'start', 'tile@1.0.0', '--threshold', 'half'], /Write a number, or one by label/],
    [['rollout', 'start', 'tile@1.0.0', '--threshold', 'Crack=0.3,=1'], /Write a number, or one by label/],
    [['model', 'create', 'tile'], /--task <task>' not specified/],
    [['model', 'push', 'tile@1.0.0'], /--bundle <dir>' not specified/],
    [['device', 'ls', '--where', 'site=='], /cannot read "site=="/],
    [['device', 'show', '../../x'], /must be 1-64 of a-z/],
    [['device', 'benchmark', 'cam-1', 'tile'], /NAME@VERSION/],
    [['benchmark', 'show', 'x'], /hamon benchmark ls DEVICE/],
    [['device', 'label', 'cam-1'], /missing required argument 'labels'/],
    [['device', 'label', 'cam-1', 'site'], /key=value/],
    [['device', 'label', 'cam-1', 'Site=x'], /label key must begin with a-z/],
    [['enrol-token', 'create', '--uses', '0', '--ttl', '1h'], /at least 1/],
    [['enrol-token', 'create', '--ttl', '1h'], /--uses N/],
    [['enrol-token', 'create', '--ttl', '1h', '--replace', 'cam-1', '--uses', '2'], /is for one device/],
    [['device', 'retire', 'cam-1'], /required option '--why/],
    [['enrol-token', 'create', '--uses', '1', '--ttl', '1w'], /90s, 10m, 2h or 1d/],
    [['rollout', 'start', 'tile@1.0.0', '--stages', '1,0%'], /stage "0%" must be/],
    [['rollout', 'start', 'tile@1.0.0', '--watch', '10'], /90s, 10m, 2h or 1d/],
    [['rollout', 'start', 'tile@1.0.0', '--approve', 'maybe'], /auto or manual/],
    [['rollout', 'show', 'latest'], /write the id, or at least the first 4/],
    [['rollout', 'ls', '--nope'], /unknown option '--nope'/],
  ])('%j', async (args, reason) => {
    const { code, out, err } = await hamon([...args, ...server.flags]);
    expect(code).toBe(2);
    expect(err).toMatch(reason);
    expect(out).toBe('');
    expect(server.received).toEqual([]);
  });

  it('also without a server or a token', async () => {
    expect(await hamon(['model', 'ls'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('which server?'),
    });
    const untold = await hamon(['model', 'ls', '--server', server.url]);
    expect(untold).toMatchObject({ code: 2, err: expect.stringContaining(`no token for ${server.url}`) });
    const ftp = await hamon(['model', 'ls', '--server', 'ftp://x', '--token', 'x']);
    expect(ftp).toMatchObject({ code: 2, err: expect.stringContaining('http://') });
  });
});

describe('the beginning of an id', () => {
  const ids = ['7f5b3d0e-1111-4222-8333-444455556666', '7f5b3d0e-1111-4222-8333-444455557777'];
  const listing = (count: number): void =>
    void server.on('GET /v1/rollouts', (_request, response) =>
      json(response, { items: ids.slice(0, count).map((id) => ({ id })), next: null }),
    );

  it('that several have is refused, naming them', async () => {
    listing(2);
    const { code, err } = await hamon(['rollout', 'pause', '7f5b3d0e', ...server.flags]);
    expect(code).toBe(1);
    for (const id of ids) expect(err).toContain(id);
  });

  it('that one has stands for it', async () => {
    listing(1);
    await hamon(['rollout', 'pause', '7f5b', ...server.flags]);
    expect(server.received.at(-1)).toMatchObject({ path: `/v1/rollouts/${ids[0]}/pause` });
  });
});

describe('help', () => {
  it.each([[['--help']], [['rollout', 'start', '--help']], [['help', 'model']]])(
    '%j is no error',
    async (args) => {
      expect(await hamon(args)).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringContaining('Usage: hamon'),
      });
    },
  );
});

describe('a refusal of the server', () => {
  it('is a sentence, its fields and what to do, on stderr, exit code 1', async () => {
    const fields = { errors: [{ field: 'name', rule: 'must be lower case' }] };
    server.on('POST /v1/models', (_q, r) =>
      problem(r, 400, 'invalid-request', 'The request is wrong.', fields),
    );
    const said = await hamon([
      'model',
      'create',
      'tile',
      '--task',
      'classification',
      '--json',
      ...server.flags,
    ]);
    expect(said).toMatchObject({
      code: 1,
      out: '',
      err: 'hamon: The request is wrong.\n  name: must be lower case\n',
    });

    server.on('GET /v1/models/tile', (_q, r) =>
      problem(r, 404, 'model-not-found', 'There is no model "tile".'),
    );
    expect((await hamon(['model', 'show', 'tile', ...server.flags])).err).toMatch(
      /no model "tile"\.\nhamon model ls lists/,
    );

    server.on('GET /v1/models', (_q, r) =>
      problem(r, 401, 'unauthenticated', 'This token opens nothing here.'),
    );
    expect((await hamon(['model', 'ls', ...server.flags])).err).toMatch(
      /opens nothing here\.\nLog in with: hamon login/,
    );
  });

  it.each<[string, Parameters<FakeServer['on']>[1], RegExp]>([
    [
      'other than HTTP API',
      (_q, r) => r.writeHead(404).end('<html>'),
      /answered 404 Not Found\nIs this the address/,
    ],
    ['with a page in the place of JSON', (_q, r) => r.end('<html>'), /the answer is not JSON/],
    [
      'of another version',
      (_q, r) => json(r, { items: [{ name: 1 }], next: null }),
      /not as agreed: items\.0\.name/,
    ],
    [
      'that redirects',
      (_q, r) => r.writeHead(302, { location: 'https://elsewhere/' }).end(),
      /redirects to https:\/\/elsewhere/,
    ],
  ])('%s is told as such', async (_name, handler, reason) => {
    server.on('GET /v1/models', handler);
    expect(await hamon(['model', 'ls', ...server.flags])).toMatchObject({
      code: 1,
      err: expect.stringMatching(reason),
    });
    expect(server.received).toHaveLength(1);
  });

  it('that cannot be reached names the address and the reason', async () => {
    const { flags, url } = server;
    await server.stop();
    const { code, err } = await hamon(['model', 'ls', ...flags]);
    expect(code).toBe(1);
    expect(err).toBe(
      `hamon: no answer from ${url}: connection refused\nIs the server running, and the address right?\n`,
    );
    server = await FakeServer.start();
  });
});

describe('a broken connection', () => {
  it('repeats a write under the same key, so that it counts once', async () => {
    server.on('POST /v1/models', (_q, r, attempt) => (attempt < 3 ? cut(r) : json(r, modelView(), 201)));
    const said = await hamon([
      'model',
      'create',
      'tile-inspector',
      '--task',
      'classification',
      ...server.flags,
    ]);
    expect(said.code).toBe(0);
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('waits as long as the server asks, and until the first attempt is through', async () => {
    server.on('POST /v1/models', (_q, r, attempt) => {
      r.setHeader('retry-after', '0');
      if (attempt === 1) problem(r, 503, 'unavailable', 'Starting.');
      else if (attempt === 2) problem(r, 409, 'request-in-progress', 'Under way.');
      else json(r, modelView(), 201);
    });
    expect(
      (await hamon(['model', 'create', 'tile-inspector', '--task', 'classification', ...server.flags])).code,
    ).toBe(0);
  });

  it('makes no second enrolment token that nobody would know of', async () => {
    server.on('POST /v1/enrolment-tokens', (_q, r) => cut(r));
    const { code, err } = await hamon([
      'enrol-token',
      'create',
      '--uses',
      '1',
      '--ttl',
      '1h',
      ...server.flags,
    ]);
    expect([code, server.received.length]).toEqual([1, 1]);
    expect(err).toMatch(/the connection was cut/);
  });

  it('is not tried for ever', async () => {
    server.on('GET /v1/models', (_q, r) => cut(r));
    expect((await hamon(['model', 'ls', ...server.flags])).code).toBe(1);
    expect(server.received).toHaveLength(4);
  });
});

describe('answers', () => {
  it('are one JSON document with a schema under --json, before or after the command', async () => {
    server.on('GET /v1/models', (_q, r) => json(r, { items: [modelView()], next: null }));
    for (const args of [
      ['--json', 'model', 'ls'],
      ['model', 'ls', '--json'],
    ]) {
      const said = await hamon([...args, ...server.flags]);
      expect(said.json).toEqual({ schema: 'hamon.models/1', items: [modelView()], next: null });
    }
  });

  it('gather as many pages of a list as were asked for', async () => {
    server.on('GET /v1/devices', (_q, r, page) =>
      json(r, { items: [deviceView({ id: `cam-${page}` })], next: page < 3 ? `p${page}` : null }),
    );
    const { out } = await hamon(['device', 'ls', ...server.flags]);
    expect(out).toMatch(/cam-1[^]*cam-2[^]*cam-3[^]*3 devices, 3 online/);
  });

  it('cannot rewrite the screen of an operator', async () => {
    const reason = {
      code: 'worker-crashed' as const,
      detail: '\u001b[2J\u001b]0;owned\u0007 all is well \u202egnp',
    };
    server.on('GET /v1/devices/cam-1', (_q, r) => json(r, deviceView({ rejection: reason })));
    server.on('GET /v1/devices/cam-1/benchmarks', (_q, r) => json(r, { items: [], next: null }));
    server.on('GET /v1/devices/cam-1/events', (_q, r) => json(r, { items: [], next: null }));
    server.on('GET /v1/devices/cam-1/configuration', (_q, r) => json(r, configurationView()));
    server.on('GET /v1/devices/cam-1/windows', (_q, r) => json(r, { items: [], next: null }));
    const { out } = await hamon(['device', 'show', 'cam-1', ...server.flags]);
    expect(out).toContain('all is well');
    // eslint-disable-next-line no-control-regex -- they must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('of lists without items say what to do', async () => {
    for (const path of ['models', 'devices', 'rollouts']) {
      server.on(`GET /v1/${path}`, (_q, r) => json(r, { items: [], next: null }));
    }
    expect((await hamon(['model', 'ls', ...server.flags])).out).toMatch(/No models yet.*hamon model create/);
    expect((await hamon(['device', 'ls', ...server.flags])).out).toMatch(
      /No devices yet.*hamon enrol-token create/,
    );
    expect((await hamon(['device', 'ls', '--where', 'a=b', ...server.flags])).out).toBe(
      'No device matches.\n',
    );
    expect((await hamon(['rollout', 'ls', ...server.flags])).out).toMatch(
      /No rollouts yet.*hamon rollout start/,
    );
  });

  it('send labels as they were given', async () => {
    server.on('PATCH /v1/devices/cam-1', (_q, r) => json(r, deviceView()));
    await hamon(['device', 'label', 'cam-1', 'site=osaka', 'trial-', ...server.flags]);
    expect(JSON.parse(server.received[0]!.body.toString())).toEqual({
      labels: { site: 'osaka', trial: null },
    });
  });

  it('send a rollout with all its flags', async () => {
    server.on('POST /v1/rollouts', (_q, r) => json(r, rolloutView(), 201));
    const flags = [
      '--where',
      'site=osaka',
      '--stages',
      '1,50%',
      '--watch',
      '2m',
      '--approve',
      'manual',
      '--max-parallel',
      '5',
    ];
    const { out } = await hamon(['rollout', 'start', 'tile-inspector@2.0.0', ...flags, ...server.flags]);
    expect(out).toContain(`hamon rollout watch ${ROLLOUT}`);
    expect(JSON.parse(server.received[0]!.body.toString())).toEqual({
      model: 'tile-inspector',
      version: '2.0.0',
      where: 'site=osaka',
      stages: '1,50%',
      watchSeconds: 120,
      approve: 'manual',
      maxParallel: 5,
    });
  });
});
