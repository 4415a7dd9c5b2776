import type { ChunkRef } from '@hamon/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** bigint columns hold lengths that fit a number. */
const asNumber = { to: (value: number) => value, from: (value: string) => Number(value) };

/** One form of a version, and the bundle that a device installs for it. */
@Entity('variants')
export class Variant {
  @PrimaryColumn('uuid', { name: 'version_id' })
  versionId!: string;

  @PrimaryColumn('text')
  name!: string;

  /** The bundle digest: SHA-256 of the bundle's index. */
  @Column('text', { name: 'bundle_sha256' })
  bundleSha256!: string;

  /** Of the index. */
  @Column('integer', { name: 'bundle_length' })
  bundleLength!: number;

  /** Of the index. */
  @Column('jsonb', { name: 'bundle_chunks' })
  bundleChunks!: ChunkRef[];

  /** All files of the bundle. */
  @Column('bigint', { name: 'length_bytes', transformer: asNumber })
  lengthBytes!: number;

  @Column('bigint', { name: 'model_bytes', transformer: asNumber })
  modelBytes!: number;
}
