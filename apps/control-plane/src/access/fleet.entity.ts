import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tenant. */
@Entity('fleets')
export class Fleet {
  @PrimaryColumn('text')
  id!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
