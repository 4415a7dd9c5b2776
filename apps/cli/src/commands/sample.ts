import { DeletedSampleView, SAMPLE_REASONS, SampleView, StoredSampleView } from '@hamon/contracts';
import type { Command } from 'commander';
import { resolveId } from '../api/resolve-id.js';
import type { CommandContext } from '../command-context.js';
import { samplesText, sampleText } from '../views/sample-view.js';
import { idOrPrefix } from './arguments.js';
import { addListCommand, whereFields } from './list-command.js';

/** Which samples; the flags of `ls` and `pull`, by the name of their query parameter. */
export const SAMPLE_FILTERS = {
  device: { value: 'id', description: 'sent by this device' },
  stream: { value: 'name', description: 'of this stream' },
  model: { value: 'name', description: 'answered by this model' },
  reason: { value: 'reason', description: `kept for this reason: ${SAMPLE_REASONS.join(', ')}` },
  label: { value: 'label', description: 'labelled so by somebody' },
  from: { value: 'time', description: 'answered at this time or later (ISO 8601, UTC)' },
} as const;
/** Where the filter `to` is wanted; `pull --to` is a folder. */
export const BEFORE = { value: 'time', description: 'answered before this time' };

export const SAMPLE_WHERE = whereFields(
  'id, device, stream, model, version, task, verdict, reason, label and labelled',
);

export function addSampleCommands(sample: Command, context: CommandContext): void {
  addListCommand(sample, context, {
    description: 'list the pictures that devices sent, newest first',
    page: (api, asked) => api.page('GET /v1/samples', SampleView, asked),
    kind: 'samples',
    noun: ['sample', 'samples'],
    narrowedBy: { ...SAMPLE_FILTERS, to: BEFORE },
    where: { example: 'reason=defect,!labelled', help: SAMPLE_WHERE },
    none: 'No samples yet. Devices send pictures where the policy allows: hamon fleet policy show',
    table: samplesText,
  });

  sample
    .command('rm')
    .description(
      "delete a picture before its time, with what people said of it; the device's own copy stays there",
    )
    .argument('<id>', 'as "hamon sample ls" lists it, or its beginning', idOrPrefix)
    .requiredOption('--why <reason>', 'kept in the audit ledger')
    .action(async (given: string, { why }: { why: string }, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await resolveId(api, 'GET /v1/samples', given, 'sample');
      const gone = await api.call('DELETE /v1/samples/{id}', DeletedSampleView, {
        params: { id },
        query: { why },
      });
      output.answer('deleted-sample', gone, () => `Sample ${gone.id} is deleted.`);
    });

  sample
    .command('show')
    .description('show what was answered about a picture, and what people say of it')
    .argument('<id>', 'as "hamon sample ls" lists it, or its beginning', idOrPrefix)
    .action(async (given: string, _options: unknown, command: Command) => {
      const { api, output } = await context.session(command);
      const id = await resolveId(api, 'GET /v1/samples', given, 'sample');
      const shown = await api.call('GET /v1/samples/{id}', StoredSampleView, { params: { id } });
      output.answer('stored-sample', shown, () => sampleText(output.colours, shown));
    });
}
