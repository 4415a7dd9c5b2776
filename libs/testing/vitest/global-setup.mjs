import { clearDeadRuns, clearRunFolder, isOfThisRun, makeRunFolder } from './test-run.mjs';

/**
 * Before the first test; starts nothing: a run without a database test has no server. Each layer that has tests calls it,
 * and all have one folder.
 */
export async function setup() {
  if (isOfThisRun(process.env.HAMON_TEST_RUN)) return;
  await clearDeadRuns();
  process.env.HAMON_TEST_RUN = makeRunFolder();
}

/** After the last test. Databases on an operator's server are dropped by the tests that made them, and here the template. */
export async function teardown() {
  const folder = process.env.HAMON_TEST_RUN;
  if (!isOfThisRun(folder)) return;
  delete process.env.HAMON_TEST_RUN;
  const server = process.env.HAMON_TEST_DATABASE_URL;
  if (server) await dropRunDatabases(server, folder);
  await clearRunFolder(folder);
}

async function dropRunDatabases(server, folder) {
  const { default: pg } = await import('pg');
  const prefix = `hamon_test_${folder
    .split('/')
    .at(-1)
    .replaceAll(/[^A-Za-z0-9]/g, '_')}`.toLowerCase();
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
      prefix,
    ]);
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}
