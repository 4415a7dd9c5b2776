import type { DeviceLabels } from '@hamon/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Lets a number of devices into a fleet for a while. */
@Entity('enrolment_tokens')
export class EnrolmentToken {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  fleet!: string;

  /** SHA-256 of the token, which itself is shown once and kept nowhere. */
  @Column('bytea')
  hash!: Buffer;

  @Column('integer', { name: 'uses_left' })
  usesLeft!: number;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** Labels of the devices that it lets in. */
  @Column('jsonb')
  labels!: DeviceLabels;

  /** The device whose id it hands to new hardware; null for one that lets new devices in. */
  @Column('text', { nullable: true })
  replaces!: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
