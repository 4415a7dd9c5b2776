import type { BundleDocument, VersionState } from '@hamon/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One immutable release of a model; only its state changes. */
@Entity('versions')
export class Version {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  fleet!: string;

  @Column('text')
  model!: string;

  @Column('text')
  version!: string;

  @Column('text')
  state!: VersionState;

  /** As validation completed it. */
  @Column('jsonb')
  bundle!: BundleDocument;

  /** Digest of what was pushed: tells a repeated push from one with other bytes. */
  @Column('text', { name: 'content_digest' })
  contentDigest!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'validated_at', nullable: true })
  validatedAt!: Date | null;

  @Column('timestamptz', { name: 'released_at', nullable: true })
  releasedAt!: Date | null;

  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt!: Date | null;

  @Column('text', { name: 'retired_why', nullable: true })
  retiredWhy!: string | null;
}
