// Saves a device's state and stands still before the given change to the disk, saying so, until it is killed.
import { readFile } from 'node:fs/promises';
import { nodeDisk } from '@hamon/content';
import { StateStore } from '../../dist/adapters/state-store.js';

const [folder, state, stopAt, links] = process.argv.slice(2);
let changes = 0;
const stand = async (what) => {
  process.stdout.write(`${what}\n`);
  // An open handle keeps the process alive; nothing ever resolves.
  await new Promise(() => setInterval(() => undefined, 60_000));
};
const counted =
  (run) =>
  async (...args) => {
    changes += 1;
    if (changes === Number(stopAt)) await stand('standing');
    return run(...args);
  };
const noLinks = async () => {
  throw Object.assign(new Error('EPERM: link'), { code: 'EPERM', syscall: 'link' });
};
const disk = {
  ...nodeDisk,
  remove: counted(nodeDisk.remove),
  link: counted(links === 'without-links' ? noLinks : nodeDisk.link),
  rename: counted(nodeDisk.rename),
  syncFolder: counted(nodeDisk.syncFolder),
  create: counted(async (path) => {
    const file = await nodeDisk.create(path);
    return { write: counted(file.write), sync: counted(file.sync), close: counted(file.close) };
  }),
};
await new StateStore(folder, disk).save(JSON.parse(await readFile(state, 'utf8')));
await stand(`done ${changes}`);
