import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readFileIfThere, writeFileAtomically } from '@hamon/content';
import { z } from 'zod';

/** Where binaries and data go as root, when the server's account cannot reach the data folder. */
export const SHARED_FOLDER = '/var/lib/hamon';
const OUTSIDE_NAME = /^postgres-[0-9a-f]{12}$/;

/** `postgres.json`: where the server's data is, and how to reach the server. It holds no path of the data folder. */
const ServerRecord = z.strictObject({
  schema: z.literal('hamon.postgres/2'),
  /** A folder outside of the data folder; null for `postgres/` in it. */
  outside: z.string().nullable(),
  /** Used again where it is free, so that tools keep their settings. 0 before the first start. */
  port: z.int(),
  password: z.string(),
});
export type ServerRecord = z.infer<typeof ServerRecord>;

/** Written by former releases: the absolute path of the data folder at that time. */
const FormerRecord = z
  .strictObject({
    schema: z.literal('hamon.postgres/1'),
    folder: z.string(),
    port: z.int(),
    password: z.string(),
  })
  .transform(({ folder, port, password }): ServerRecord => {
    const outside = dirname(folder) === SHARED_FOLDER && OUTSIDE_NAME.test(basename(folder));
    return { schema: 'hamon.postgres/2', outside: outside ? folder : null, port, password };
  });

const AnyRecord = z.union([ServerRecord, FormerRecord]);

const recordPath = (folder: string): string => join(folder, 'postgres.json');

export const writeServerRecord = (folder: string, record: ServerRecord): Promise<void> =>
  writeFileAtomically(recordPath(folder), JSON.stringify(record), 0o600);

/** The record of an earlier start. */
export async function readServerRecord(folder: string): Promise<ServerRecord | undefined> {
  const text = await readFileIfThere(recordPath(folder));
  if (text === undefined) return undefined;
  try {
    return AnyRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${recordPath(folder)} does not say how to reach the embedded database: restore it from a backup`,
      { cause },
    );
  }
}

export const newServerRecord = (outside: string | null): ServerRecord => ({
  ...{ schema: 'hamon.postgres/2', outside, port: 0 },
  password: randomBytes(24).toString('base64url'),
});

/** A folder that the server's account can reach where it cannot reach the data folder. */
export async function makeOutsideFolder(): Promise<string> {
  const path = join(SHARED_FOLDER, `postgres-${randomBytes(6).toString('hex')}`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}
