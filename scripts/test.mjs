/** `npm test [-- FILTER … | OPTION …]`: the tests whose path contains a filter, or all of them; options are Vitest's. */
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
