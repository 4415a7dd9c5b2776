// Takes a lock and stands still before the given system call, saying so, until it is killed.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { takeLock } from '../dist/index.js';

const [path, stopAt] = process.argv.slice(2);
let calls = 0;
const stand = async (what) => {
  process.stdout.write(`${what}\n`);
  // An open handle keeps the process alive; nothing ever resolves.
  await new Promise(() => setInterval(() => undefined, 60_000));
};
for (const name of ['symlink', 'readlink', 'readFile', 'rename', 'rm']) {
  const call = fs[name];
  fs[name] = async (...args) => {
    calls += 1;
    if (calls === Number(stopAt)) await stand('standing');
    return call(...args);
  };
}
syncBuiltinESMExports();
await takeLock(path);
await stand(`done ${calls}`);
