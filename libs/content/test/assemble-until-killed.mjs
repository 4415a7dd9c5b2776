// Assembles a bundle and stands still at the given disk operation, saying so, until it is killed.
import { readFile } from 'node:fs/promises';
import { assembleBundle, ChunkStore, nodeDisk } from '../dist/index.js';

const [indexPath, chunks, target, stopAt] = process.argv.slice(2);
let operations = 0;
const counted =
  (run) =>
  async (...args) => {
    operations += 1;
    if (operations === Number(stopAt)) {
      process.stdout.write('standing\n');
      // An open handle keeps the process alive; nothing ever resolves.
      await new Promise(() => setInterval(() => undefined, 60_000));
    }
    return run(...args);
  };
const disk = {
  ...nodeDisk,
  rename: counted(nodeDisk.rename),
  syncFolder: counted(nodeDisk.syncFolder),
  create: async (path) => {
    const file = await nodeDisk.create(path);
    return { ...file, write: counted(file.write), sync: counted(file.sync) };
  },
};
const store = await ChunkStore.open(chunks, { maxBytes: 1e9 });
await assembleBundle(JSON.parse(await readFile(indexPath, 'utf8')), [store], target, { disk });
process.stdout.write(`done ${operations}\n`);
