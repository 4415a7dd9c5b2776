#!/usr/bin/env node
/**
 * What systemd does with the unit of docs/OPERATING.md, as far as its commands go: `start`, `stop` and `daemon-reload` of
 * the unit file that FAKE_UNIT names. The started process inherits this one's environment, as drop-ins would give it.
 */
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const unit = process.env.FAKE_UNIT;
const pidFile = `${unit}.pid`;
const journal = `${unit}.log`;
const [verb, name] = process.argv.slice(2);
const lines = readFileSync(unit, 'utf8').split('\n');
const all = (key) =>
  lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const verbs = {
  'daemon-reload': () => undefined,
  async start() {
    const [command, ...args] = all('ExecStart')[0].split(' ');
    const given = Object.fromEntries(all('Environment').map((text) => text.split(/=(.*)/s).slice(0, 2)));
    const log = openSync(journal, 'w');
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...given },
    });
    writeFileSync(pidFile, String(child.pid));
    const ready = `${given.HAMON_DATA}/server.json`;
    while (!existsSync(ready) || JSON.parse(readFileSync(ready, 'utf8')).pid !== child.pid) {
      if (child.exitCode !== null) throw new Error(readFileSync(journal, 'utf8'));
      await delay(50);
    }
    process.exit(0);
  },
  async stop() {
    if (!existsSync(pidFile)) return;
    const pid = Number(readFileSync(pidFile, 'utf8'));
    // To the main process alone, as KillMode=mixed says.
    if (isAlive(pid)) process.kill(pid, all('KillMode')[0] === 'mixed' ? 'SIGTERM' : 'SIGKILL');
    while (isAlive(pid)) await delay(50);
    rmSync(pidFile);
  },
};
if (verb !== 'daemon-reload' && name !== 'hamon') throw new Error(`no unit ${name}`);
await verbs[verb]();
