import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('models')
export class Model {
  @PrimaryColumn('text')
  fleet!: string;

  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  task!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The version that answers in the cloud, with its variant; both or neither. */
  @Column('text', { name: 'cloud_version', nullable: true })
  cloudVersion!: string | null;

  @Column('text', { name: 'cloud_variant', nullable: true })
  cloudVariant!: string | null;
}
