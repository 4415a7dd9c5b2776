import { AuditEntryView } from '@hamon/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { auditText } from '../views/audit-view.js';
import { addListCommand, whereFields } from './list-command.js';

export function addAuditCommands(audit: Command, context: CommandContext): void {
  addListCommand(audit, context, {
    description: 'list who did what to what, newest first',
    page: (api, asked) => api.page('GET /v1/audit', AuditEntryView, asked),
    kind: 'audit',
    noun: ['entry', 'entries'],
    where: {
      example: '"action in (device.retire,model.retire)"',
      help: whereFields('actor, action, subject'),
    },
    narrowedBy: {
      subject: {
        value: 'name',
        description: 'only of this device, version, rollout or token: its whole name or id',
      },
      action: { value: 'name', description: 'only what was done so, for example device.retire' },
      actor: { value: 'name', description: 'only by whom, for example admin:bootstrap or rollout' },
    },
    none: 'The ledger is empty.',
    table: auditText,
  });
}
