import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isFinalReply } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { CommandReplies, type ReceivedReply } from './command-replies.js';
import { CommandSources } from './command-sources.js';
import { DeviceCommandStore } from './device-command.store.js';

/** Advances commands by what their devices reply; ends those of hardware that is gone. */
@Injectable()
export class DeviceCommandAnswers implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly store: DeviceCommandStore,
    private readonly sources: CommandSources,
    private readonly replies: CommandReplies,
    private readonly lifecycle: DeviceLifecycle,
    private readonly audit: AuditService,
    private readonly reports: PeerReports,
  ) {}

  onModuleInit(): void {
    this.sources.add(this.store);
    this.replies.handle('logs', (reply) => this.take(reply));
    this.replies.handle('restart', (reply) => this.take(reply));
    this.lifecycle.follow({ ending: (manager, { device }) => this.store.endOf(manager, device) });
  }

  /** Idempotent: an ended command stays ended, whatever arrives again or late. */
  private async take({ fleet, device, message }: ReceivedReply<'logs' | 'restart'>): Promise<void> {
    await this.database.transaction(async (manager) => {
      const row = await this.store.lock(manager, message.id);
      if (!row || row.fleet !== fleet || row.device !== device || row.kind !== message.kind) {
        this.reports.dropped('reply', device, `it has no command ${message.id}`);
        return;
      }
      if (row.endedAt !== null) return;
      const { state, reason } = message;
      if (!isFinalReply(state) || state === 'accepted') return this.store.accept(manager, row.id);
      const lines = message.kind === 'logs' && state === 'succeeded' ? message.lines : null;
      await this.store.end(manager, row.id, state, { reason, lines });
      await this.audit.record(manager, {
        ...{ fleet, actor: `device:${device}`, action: `device.${row.kind}.${state}`, subject: device },
        detail: { command: row.id, ...(reason && { reason }) },
      });
    });
  }
}
