import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

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

  it.each([
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
