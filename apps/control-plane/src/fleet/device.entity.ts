import type { DeviceFacts, DeviceHealth, DeviceLabels, PublicJwk, ReportedState } from '@hamon/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('devices')
export class Device {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  fleet!: string;

  @Column('jsonb', { name: 'public_key' })
  publicKey!: PublicJwk;

  /** SHA-256 thumbprint of the public key (RFC 7638): one key, one device. */
  @Column('text')
  thumbprint!: string;

  @Column('uuid', { name: 'enrolment_token' })
  enrolmentToken!: string;

  @Column('jsonb')
  labels!: DeviceLabels;

  @Column('jsonb')
  facts!: DeviceFacts;

  @Column('timestamptz', { name: 'enrolled_at', default: () => 'now()' })
  enrolledAt!: Date;

  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt!: Date | null;

  @Column('text', { name: 'retired_why', nullable: true })
  retiredWhy!: string | null;

  @Column('timestamptz', { name: 'replaced_at', nullable: true })
  replacedAt!: Date | null;

  @Column('boolean', { default: false })
  online!: boolean;

  @Column('timestamptz', { name: 'online_since', nullable: true })
  onlineSince!: Date | null;

  /** The MQTT connection that `online` speaks of. */
  @Column('uuid', { nullable: true })
  connection!: string | null;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt!: Date | null;

  @Column('jsonb', { nullable: true })
  reported!: ReportedState | null;

  /** As the newest report says; null before the first. */
  @Column('jsonb', { nullable: true })
  health!: DeviceHealth | null;

  /** For an external broker that checks passwords of its own. */
  @Column('text', { name: 'mqtt_password_hash', nullable: true })
  mqttPasswordHash!: string | null;
}
