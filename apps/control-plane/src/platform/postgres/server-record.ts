import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@hamon/content';
import { z } from 'zod';
import type { Log } from '../log.js';
import { isReachable, type ServerAccount } from './server-account.js';

/** Where binaries and data go as root, when the way to the data folder shuts the server's account out. */
export const SHARED_FOLDER = '/var/lib/hamon';

/** `postgres.json`: where the server's data is, and how to reach the server. */
const ServerRecord = z.strictObject({
  schema: z.literal('hamon.postgres/1'),
  folder: z.string(),
  /** Taken again where it is free, so that tools keep their settings. */
  port: z.int(),
  password: z.string(),
});
export type ServerRecord = z.infer<typeof ServerRecord>;

const recordPath = (folder: string): string => join(folder, 'postgres.json');

export const writeServerRecord = (folder: string, record: ServerRecord): Promise<void> =>
  writeFileAtomically(recordPath(folder), JSON.stringify(record), 0o600);

/** The record of an earlier start, or a new one with a place for the data that the account can reach. */
export async function openServerRecord(
  folder: string,
  account: ServerAccount | undefined,
  log: Log,
): Promise<ServerRecord> {
  const known = await readFile(recordPath(folder), 'utf8').catch(() => undefined);
  if (known !== undefined) return ServerRecord.parse(JSON.parse(known));
  const near = join(folder, 'postgres');
  const reachable = await isReachable(near, account);
  const chosen = reachable ? near : join(SHARED_FOLDER, `postgres-${randomBytes(6).toString('hex')}`);
  if (!reachable) log.info(`PostgreSQL's account cannot reach ${folder}; the data is kept in ${chosen}`);
  await mkdir(chosen, { recursive: true, mode: 0o700 });
  if (account) await chown(chosen, account.uid, account.gid);
  const password = randomBytes(24).toString('base64url');
  const record: ServerRecord = { schema: 'hamon.postgres/1', folder: chosen, port: 0, password };
  await writeServerRecord(folder, record);
  return record;
}
