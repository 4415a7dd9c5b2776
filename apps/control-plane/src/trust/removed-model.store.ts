import { Injectable } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import type { DeviceModel } from '../messaging/outbox.js';

/** An order to remove a model that the device has not reported as done. */
export interface OrderedRemoval extends DeviceModel {
  readonly sequence: number;
  readonly jws: GeneralJws;
}

/** SQL of models that devices are to remove. */
@Injectable()
export class RemovedModelStore {
  async ordered(manager: EntityManager, devices: readonly string[]): Promise<OrderedRemoval[]> {
    const rows = await manager.query<(Omit<OrderedRemoval, 'sequence'> & { sequence: string })[]>(
      `SELECT device, model, sequence, jws FROM device_desired
       WHERE device = ANY ($1::text[]) AND manifest_order = 'unassign' AND jws IS NOT NULL
       ORDER BY device, model`,
      [devices],
    );
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
  }
}
