import { readFile, stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { ContentError, describingFaults } from './content-error.js';

/**
 * The text of a file; undefined where nothing has that name. Everything else is thrown: a file that cannot be read is not
 * absent, and whoever made a new one in its place would throw away a secret or what a device knows.
 *
 * @throws ContentError `io`, naming the file
 */
export const readFileIfThere = (path: string): Promise<string | undefined> =>
  ifThere(path, 'read', () => readFile(path, 'utf8'));

/**
 * What is at a path, links followed; undefined where nothing is.
 *
 * @throws ContentError `io`, naming the path
 */
export const statIfThere = (path: string): Promise<BigIntStats | undefined> =>
  ifThere(path, 'look at', () => stat(path, { bigint: true }));

async function ifThere<T>(path: string, verb: string, operation: () => Promise<T>): Promise<T | undefined> {
  try {
    return await describingFaults(`cannot ${verb} ${path}`, operation);
  } catch (cause) {
    if (cause instanceof ContentError && cause.code === 'missing-file') return undefined;
    throw cause;
  }
}
