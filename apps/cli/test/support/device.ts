import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const AGENT = join(process.cwd(), 'agent/bin/hamon-agent.js');

/** Enrols a device with the real agent, which is then left alone: an enrolled device that is offline. */
export async function enrolDevice(
  serverUrl: string,
  token: string,
  folder: string,
  name: string,
): Promise<void> {
  const args = [
    'enrol',
    '--server',
    serverUrl,
    '--token',
    token,
    '--state',
    join(folder, name),
    '--name',
    name,
  ];
  await promisify(execFile)(process.execPath, [AGENT, ...args]);
}
