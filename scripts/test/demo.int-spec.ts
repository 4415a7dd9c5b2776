import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const demo = (...args: string[]) =>
  spawnSync(process.execPath, ['scripts/demo/dist/main.js', ...args], { cwd: ROOT, encoding: 'utf8' });

describe('the demo', () => {
  it('says why it broke off on the last line of --json too', () => {
    const { status, stdout, stderr } = demo('--json', '--v1', 'docs', '--v2', 'docs');
    expect(status).toBe(1);
    const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ schema: 'hamon.demo/1', ok: false });
    expect((last as { reason: string }).reason).toContain('bundle.json');
    expect(stderr).toContain('bundle.json');
  });

  it('says what to install where --cameras finds no ffmpeg', () => {
    const script = ['scripts/demo/dist/main.js', '--cameras', '--json'];
    // A PATH on which nothing is.
    const env = { ...process.env, PATH: join(ROOT, 'docs') };
    const { status, stdout, stderr } = spawnSync(process.execPath, script, {
      cwd: ROOT,
      encoding: 'utf8',
      env,
    });
    expect(status).toBe(1);
    const sentence = '--cameras needs ffmpeg, which is not installed here: apt-get install ffmpeg';
    expect(stderr).toContain(`demo: ${sentence}\n`);
    const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(last).toEqual({ schema: 'hamon.demo/1', ok: false, reason: sentence });
  });

  it('breaks off where the versions are of two models', () => {
    const bundles = 'examples/surface-inspection/bundles';
    const other = `${bundles}/surface-defects/2.0.0`;
    const { status, stdout } = demo('--json', '--v1', `${bundles}/1.0.0`, '--v2', other, '--images', bundles);
    expect(status).toBe(1);
    expect(stdout).toMatch(/--v2: .* is of model surface-defects, --v1 of surface-inspection/);
  });

  it.each([
    ['none', undefined, /the folder holds no file bundle\.json$/],
    ['one that is no JSON', '{', /bundle\.json is no JSON: [^\n]+$/],
    ['one with a wrong field', '{"schema":"hamon.bundle/1","model":7}', /bundle\.json: model: [^\n{]+$/],
  ])('says in one sentence what is wrong with a bundle.json: %s', async (_, text, sentence) => {
    const folder = await mkdtemp(join(tmpdir(), 'hamon-no-bundle-'));
    try {
      if (text !== undefined) await writeFile(join(folder, 'bundle.json'), text);
      const { stdout } = demo('--json', '--v1', folder, '--v2', folder);
      const { reason } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { reason: string };
      expect(reason).toMatch(sentence);
      expect(reason).toContain(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    [['--cameras', '--images', 'docs'], '--cameras'],
    [['--devices', '0'], '--devices'],
    [['--images', 'nowhere'], '--images'],
    [['--v1', 'docs'], '--v2'],
    [['--fast'], '--fast'],
  ])('refuses %j as wrong usage', (args, named) => {
    const { status, stdout, stderr } = demo(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(named);
  });
});
