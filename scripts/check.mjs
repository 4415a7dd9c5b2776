/** `npm run check`: the generated client, types, lint, architecture rules, formatting. Runs them all, then says which failed. */
import { spawnSync } from 'node:child_process';

const CHECKS = [
  ['generated client', 'scripts/generate-api-client.mjs', ['--check']],
  ['types of tests and scripts', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.test.json']],
  ['lint', 'node_modules/eslint/bin/eslint.js', ['.']],
  [
    'architecture',
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'libs', 'apps', 'agent'],
  ],
  ['tables', 'scripts/check-tables.mjs', []],
  ['formatting', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
];

const failed = CHECKS.filter(([name, bin, args]) => {
  process.stderr.write(`check: ${name}\n`);
  return spawnSync(process.execPath, [bin, ...args], { stdio: 'inherit' }).status !== 0;
}).map(([name]) => name);

if (failed.length > 0) {
  process.stderr.write(`check: failed: ${failed.join(', ')}\n`);
  process.exit(1);
}
process.stderr.write('check: all passed\n');
