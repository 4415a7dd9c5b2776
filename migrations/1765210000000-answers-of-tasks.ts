import type { MigrationInterface, QueryRunner } from 'typeorm';

const NOTHING_PAIRED = `'{"labels":[],"cells":[]}'::jsonb`;

/** Versions publish what their answers are; a rollout's evidence holds comparisons of any task, and is converted as it is read. */
export class AnswersOfTasks1765210000000 implements MigrationInterface {
  readonly name = 'AnswersOfTasks1765210000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW known_versions;
      CREATE VIEW known_versions AS
      SELECT id, fleet, model, version, state, created_at, released_at, bundle ->> 'task' AS task, bundle -> 'output' AS output
      FROM versions`);
  }

  /** Comparisons of tasks that an earlier release does not know are lost. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW known_versions;
      CREATE VIEW known_versions AS
      SELECT id, fleet, model, version, state, created_at, released_at,
             coalesce(bundle #> '{output,labels}', jsonb_path_query_array(bundle, '$.output.values[*].name')) AS labels
      FROM versions;

      UPDATE rollouts SET evidence = evidence || jsonb_build_object(
        'schema', 'hamon.rollout-evidence/1',
        'groups', (
          SELECT coalesce(jsonb_agg((one - 'compared' - 'freshCompared') || jsonb_build_object(
            'paired', coalesce(one #> '{compared,table}', ${NOTHING_PAIRED}),
            'freshPaired', coalesce(one #> '{freshCompared,table}', ${NOTHING_PAIRED})) ORDER BY at), '[]')
          FROM jsonb_array_elements(evidence -> 'groups') WITH ORDINALITY AS groups (one, at)))
      WHERE evidence ->> 'schema' = 'hamon.rollout-evidence/2'`);
  }
}
