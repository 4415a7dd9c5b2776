import { createTestDatabase, type TestDatabase } from '@hamon/testing';
import { Log } from '../../src/platform/log.js';
import { migrate } from '../../src/platform/migrate.js';
import { EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';

/** What makes a server slow and safe is of no use here. */
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

/** A migrated database of the calling test file's own. */
export const testDatabase = (): Promise<TestDatabase> =>
  createTestDatabase({
    start: async (folder) =>
      (
        await EmbeddedPostgres.start({
          folder,
          owner: 'test',
          log: Log.atLevel('silent'),
          settings: SETTINGS,
        })
      ).url,
    migrate,
  });
