import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One line of the ledger. Rows are only ever added. */
@Entity('audit_entries')
export class AuditEntry {
  @PrimaryGeneratedColumn('increment', { type: 'bigint' })
  id!: string;

  @Column('text')
  fleet!: string;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;

  @Column('text')
  actor!: string;

  @Column('text')
  action!: string;

  @Column('text')
  subject!: string;

  @Column('jsonb')
  detail!: Record<string, unknown>;
}
