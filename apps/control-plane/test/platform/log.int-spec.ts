import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const LOG = fileURLToPath(new URL('../../dist/platform/log.js', import.meta.url));

test("a peer's text with line ends and control characters stays in its line of the log", async () => {
  const hostile = 'a\nb\u001b[2J\u009b2Jc\u202ed';
  const script = `import { Log } from ${JSON.stringify(LOG)};
    Log.atLevel('info').warn('refused', { peer: ${JSON.stringify(hostile)} });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const [line = '', ...rest] = stdout.split('\n');
  expect(rest).toEqual(['']);
  expect(line).not.toMatch(/\p{Cc}|[\u2028-\u202e\u2066-\u2069]/u);
  expect(JSON.parse(line)).toMatchObject({ msg: 'refused' });
});
