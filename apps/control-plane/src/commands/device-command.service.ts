import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CommandView, DeviceCommand, ListQuery, Page, RequestCommand } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { DeviceStore } from '../fleet/device.store.js';
import { ControlPlaneError } from '../platform/errors.js';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { CommandPublisher } from './command-publisher.js';
import { CommandSigner } from './command-signer.js';
import { DeviceCommandStore, type CommandStanding } from './device-command.store.js';
import { viewOfCommand } from './device-command.view.js';

/** Asks devices for their log, or to restart. */
@Injectable()
export class DeviceCommandService {
  constructor(
    private readonly database: DataSource,
    private readonly store: DeviceCommandStore,
    private readonly devices: DeviceStore,
    private readonly signer: CommandSigner,
    private readonly publisher: CommandPublisher,
    private readonly audit: AuditService,
  ) {}

  async get(fleet: string, id: string): Promise<CommandView> {
    const row = await this.store.find(fleet, id);
    if (row) return viewOfCommand(row);
    throw new ControlPlaneError('command-not-found', `There is no command ${id}.`);
  }

  /** Of one device, newest first. */
  async list(fleet: string, device: string, query: ListQuery): Promise<Page<CommandView>> {
    await this.devices.require(fleet, device);
    return this.store.page(device, query, viewOfCommand);
  }

  async request(caller: AdminCaller, device: string, wanted: RequestCommand): Promise<CommandView> {
    const { fleet } = caller;
    const { kind, expiresInSeconds } = wanted;
    const id = randomUUID();
    await this.database.transaction(async (manager) => {
      // Two requests for one device take turns.
      await this.devices.lockPresent(manager, fleet, device);
      const standing = await this.store.standing(manager, device, kind);
      refuseUnable(device, kind, standing);
      const issuedAt = this.signer.issueTime(standing?.issuedAt ?? null);
      const expiresAt = new Date(issuedAt.getTime() + expiresInSeconds * 1000);
      const jws = await this.signer.sign({
        schema: 'hamon.command/1',
        ...{ fleet, device, id },
        ...{ issuedAt: issuedAt.toISOString(), expiresAt: expiresAt.toISOString() },
        ...contentOf(wanted),
      });
      await this.store.insert(manager, {
        ...{ id, fleet, device, kind, requestedAt: issuedAt, issuedAt, expiresAt, jws },
      });
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: `device.${kind}`, subject: device },
        detail: { command: id },
      });
    });
    this.publisher.kick();
    return this.get(fleet, id);
  }
}

const contentOf = (
  wanted: RequestCommand,
): Pick<Extract<DeviceCommand, { kind: 'logs' }>, 'kind' | 'lines'> | { kind: 'restart' } =>
  wanted.kind === 'logs' ? { kind: 'logs', lines: wanted.lines } : { kind: 'restart' };

function refuseUnable(device: string, kind: string, standing: CommandStanding | undefined): void {
  if (!standing?.isAble) {
    throw new ControlPlaneError(
      'device-unable',
      `The agent of "${device}" does not know the command "${kind}": it has not reported that it does; update it first.`,
    );
  }
  if (standing.open === null) return;
  throw new ControlPlaneError(
    'command-open',
    `Device "${device}" has not answered the same command ${standing.open} yet; wait for its end.`,
  );
}
