/**
 * `node scripts/run.mjs SCRIPT [ARG …]`: set-up first, then the script in this terminal, with its exit code.
 *
 * A signal to this process is passed on to the one that runs then. It is started by `exec`: npm signals its shell alone,
 * which would end, or wait, without passing it on. Where npm itself was killed, its end counts as the signal.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
const parent = process.ppid;
/** Passes a signal on to what runs now. */
let tell = () => undefined;
let told;

function hear(signal) {
  told ??= signal;
  tell(signal);
}
// From a terminal the child gets it twice, and counts it once.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => hear(signal));
if (process.env.npm_lifecycle_event !== undefined) {
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    hear('SIGTERM');
  }, 500).unref();
}

/** Answers its exit code. */
async function run(file, rest, options, toGroup) {
  const child = spawn(process.execPath, [join(root, file), ...rest], { ...options, detached: toGroup });
  tell = (signal) => {
    // Still ours as long as it has not been collected.
    if (child.exitCode === null && child.signalCode === null)
      process.kill(toGroup ? -child.pid : child.pid, signal);
  };
  const [code, signal] = await new Promise((done) => child.once('exit', (...how) => done(how)));
  return code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1);
}

// It waits for compilers and cannot react: its whole group is signalled.
const setup = await run('scripts/setup.mjs', [], { stdio: ['ignore', 2, 2] }, true);
if (setup !== 0 || told !== undefined) process.exit(setup || (told === 'SIGINT' ? 130 : 143));
process.exit(await run(script, args, { stdio: 'inherit', cwd: root }, false));
