import { Injectable } from '@nestjs/common';
import type { LatecomersView } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { selectorSql } from '../fleet/selector.sql.js';
import { readSelector } from '../platform/http/where.js';
import { bringIn } from './bring-in.js';
import { notFound } from './rollout.service.js';
import { RolloutStore } from './rollout.store.js';

/** At most so many are named. */
const MOST_NAMED = 20;

/** Finds devices that a rollout would have included, had they existed or been labelled so when it began. */
@Injectable()
export class Latecomers {
  constructor(
    private readonly database: DataSource,
    private readonly rollouts: RolloutStore,
  ) {}

  /**
   * A cohort is fixed when its rollout begins, so that its stages and gates keep their meaning; a person has to bring in
   * devices that come later. A device that a later rollout of the model included does not count as missed, whatever
   * version it brought; nor does one whose agent runs one model only, and another.
   *
   * @throws ControlPlaneError `rollout-not-found`
   */
  async of(fleet: string, id: string): Promise<LatecomersView> {
    const stored = await this.rollouts.find(fleet, id);
    if (!stored) throw notFound(id);
    const parameters: unknown[] = [fleet, id];
    const selected = selectorSql(readSelector(stored.where), parameters);
    const rows = await this.database.query<{ device: string; count: number }[]>(
      `SELECT d.id AS device, count(*) OVER ()::int AS count
       FROM known_devices d JOIN rollouts own ON own.id = $2
       WHERE d.fleet = $1 AND d.retired_at IS NULL AND ${selected}
         AND NOT (coalesce(d.max_models, 1) = 1 AND EXISTS (
           SELECT FROM device_slots s
           WHERE s.device = d.id AND s.slot = 'current' AND s.model <> own.model))
         AND NOT EXISTS (
           SELECT FROM rollout_members m
           JOIN rollouts r ON r.id = m.rollout_id
           WHERE m.device = d.id
             AND (r.id = own.id OR r.created_at > own.created_at AND r.model = own.model))
       ORDER BY d.enrolled_at, d.id LIMIT ${MOST_NAMED}`,
      parameters,
    );
    const devices = rows.map(({ device }) => device);
    const count = rows[0]?.count ?? 0;
    return { count, devices, where: bringIn(devices, count, stored.where) };
  }
}
