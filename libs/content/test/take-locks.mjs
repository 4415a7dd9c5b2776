// Says that it is there; told to go, takes lock after lock, says what became of each, and holds them until it is ended.
import { takeLock } from '../dist/index.js';

const [folder, count] = process.argv.slice(2);
process.stdin.once('data', async () => {
  for (let i = 0; i < Number(count); i += 1) {
    const outcome = await takeLock(`${folder}/${i}`);
    console.log(JSON.stringify('heldBy' in outcome ? { heldBy: outcome.heldBy } : { isTaken: true }));
  }
});
console.log('null');
