import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { removeTemporaryFolders } from '../dist/temporary-folder.js';

/** Longer than a child that was told to end takes. */
const ENDING_MS = 20_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection'];
/** Libraries set these when they are loaded. */
const SET_BY_LIBRARIES = new Set(['VIPSHOME']);

/** What a file must not leave to the next one that its worker runs. */
function held() {
  const held = {};
  const count = (name, by = 1) => (held[name] = (held[name] ?? 0) + by);
  for (const name of process.getActiveResourcesInfo()) if (/Server|Process/.test(name)) count(name);
  for (const name of SIGNALS) count(`listener of ${name}`, process.listenerCount(name));
  return held;
}

const leftBehind = (before) => {
  const now = held();
  return Object.keys(now).filter((name) => now[name] > (before[name] ?? 0));
};

const changedVariables = (before) =>
  [...new Set([...Object.keys(before), ...Object.keys(process.env)])].filter(
    (name) => before[name] !== process.env[name] && !SET_BY_LIBRARIES.has(name),
  );

/** A worker whose run was killed would end its file first, for minutes. */
const endWithRun = () => process.kill(process.pid, 'SIGKILL');
if (process.listeners('disconnect').every(({ name }) => name !== endWithRun.name)) {
  process.once('disconnect', endWithRun);
}

// Evaluated once more for each file, before it: hooks of modules that files share would run for the first of them only.
const before = held();
const environment = { ...process.env };

afterAll(async () => {
  await removeTemporaryFolders();
  for (const deadline = Date.now() + ENDING_MS; leftBehind(before).length > 0 && Date.now() < deadline;) {
    await delay(20);
  }
  const left = [...leftBehind(before), ...changedVariables(environment).map((name) => `variable ${name}`)];
  if (left.length > 0) throw new Error(`the file leaves behind: ${left.join(', ')}`);
});
