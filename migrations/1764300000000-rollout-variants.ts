import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Devices of one rollout run different variants: each member has its own, and evidence is kept apart. */
export class RolloutVariants1764300000000 implements MigrationInterface {
  readonly name = 'RolloutVariants1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The hardware class that the device had when the rollout began; 'unknown' for rollouts from before it was kept.
      ALTER TABLE rollout_members ADD COLUMN variant text, ADD COLUMN hardware_class text NOT NULL DEFAULT 'unknown';
      UPDATE rollout_members m SET variant = r.variant FROM rollouts r WHERE r.id = m.rollout_id;
      ALTER TABLE rollout_members ALTER COLUMN variant SET NOT NULL, ALTER COLUMN hardware_class DROP DEFAULT;

      UPDATE rollouts r SET
        spec = jsonb_set(spec, '{spec}', ((spec -> 'spec') - 'variant' - 'bundle') || jsonb_build_object('targets',
          jsonb_build_array(jsonb_build_object(
            'variant', r.variant, 'bundle', spec #> '{spec,bundle}', 'choice', 'given', 'hardwareClasses', '[]'::jsonb,
            'devices', (SELECT count(*) FROM rollout_members m WHERE m.rollout_id = r.id))))),
        evidence = jsonb_build_object('stage', evidence -> 'stage', 'groups', jsonb_build_array(
          '{"freshFailures":0,"freshPaired":{"labels":[],"cells":[]}}'::jsonb || (evidence - 'stage')
            || jsonb_build_object('variant', r.variant, 'hardwareClass', 'unknown')));

      ALTER TABLE rollouts DROP COLUMN variant;
    `);
  }

  /** A rollout of several variants keeps its first one. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE rollouts ADD COLUMN variant text;
      UPDATE rollouts SET
        variant = spec #>> '{spec,targets,0,variant}',
        spec = jsonb_set(spec, '{spec}', ((spec -> 'spec') - 'targets') || jsonb_build_object(
          'variant', spec #> '{spec,targets,0,variant}', 'bundle', spec #> '{spec,targets,0,bundle}')),
        evidence = jsonb_build_object('stage', evidence -> 'stage') || coalesce(
          (evidence #> '{groups,0}') - 'variant' - 'hardwareClass',
          (SELECT jsonb_build_object('windows', 0, 'candidate', side, 'control', side, 'freshFrames', 0,
                                     'freshFailures', 0, 'paired', '{"labels":[],"cells":[]}'::jsonb,
                                     'freshPaired', '{"labels":[],"cells":[]}'::jsonb, 'unpairedFrames', 0)
           FROM (SELECT jsonb_build_object('frames', 0, 'failures', 0, 'answering', sketch, 'shadowing', sketch) AS side
                 FROM (VALUES ('{"count":0,"sum":0,"min":0,"max":0,"bins":[]}'::jsonb)) AS s (sketch)) AS nothing));
      ALTER TABLE rollouts ALTER COLUMN variant SET NOT NULL;
      ALTER TABLE rollout_members DROP COLUMN variant, DROP COLUMN hardware_class;
    `);
  }
}
