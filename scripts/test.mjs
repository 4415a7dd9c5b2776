/** `npm test [-- JEST ARGS]`: the whole suite, with the module loader that ESM needs under Jest. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const given = process.argv.slice(2);
const isWorkersGiven = given.some((arg) => /^(-w|-i|--runInBand|--maxWorkers)(=|$)/.test(arg));
// Much of the suite waits for servers and agents of its own, which use the cores meanwhile.
const workers = isWorkersGiven ? [] : [`--maxWorkers=${availableParallelism() + 1}`];

const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...workers, ...given],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
