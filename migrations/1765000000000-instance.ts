import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The database's name, by which a data folder knows its own from another instance's; given at the first start. */
export class Instance1765000000000 implements MigrationInterface {
  readonly name = 'Instance1765000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE instance (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        id  uuid NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE instance');
  }
}
