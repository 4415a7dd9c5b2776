import { ModelView, TASK_NAMES, TaskName } from '@hamon/contracts';
import type { ApiClient } from '@hamon/api-client';
import { InvalidArgumentError, type Command } from 'commander';
import { usage } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { pullSamples, type LeftSample, type Pulled } from '../samples/pull-samples.js';
import { countOf, numberText } from '../views/words.js';
import { selector, wholeNumber } from './arguments.js';
import { showPullProgress } from './pull-progress.js';
import { BEFORE, SAMPLE_FILTERS, SAMPLE_WHERE } from './sample.js';

type Filters = { readonly [K in keyof typeof SAMPLE_FILTERS]?: string };

interface Flags extends Filters {
  readonly to: string;
  readonly until?: string;
  readonly labelled?: boolean;
  readonly task?: TaskName;
  readonly where?: string;
  readonly limit: number;
}

/** More than any folder of samples is read with. */
const MOST = 200_000;
/** Of what was left out; --json names all. */
const MOST_NAMED = 5;

const HELP = `
${SAMPLE_WHERE}

With --labelled, DIR becomes what "hamon compress --calibration" and "--evaluate" read, by the task of the model: class
subfolders, annotations.json (COCO), masks/, good/ beside faults, or values.csv. Without it, pictures alone lie in images/.
A pull that was interrupted goes on where it was; a later one adds what is new, and moves what was labelled anew.
  hamon sample pull --model tile-inspector --labelled --to ./tiles`;

export function addSamplePull(sample: Command, context: CommandContext): void {
  const command = sample
    .command('pull')
    .description('bring pictures to this machine, with what people say of them')
    .requiredOption('--to <dir>', 'a folder that is empty, or that samples were pulled into before')
    .option(
      '--labelled',
      'those alone that are labelled for the task, in the form that compress and train read',
    )
    .option(
      '--task <task>',
      `whose labels count; the model's own unless said: ${TASK_NAMES.join(', ')}`,
      task,
    )
    .option('--where <expr>', 'only those that match, for example reason=defect', selector)
    .option('--limit <n>', 'the newest so many', wholeNumber, MOST);
  for (const [name, { value, description }] of Object.entries(SAMPLE_FILTERS)) {
    command.option(`--${name} <${value}>`, `only those ${description}`);
  }
  command.option(`--until <${BEFORE.value}>`, `only those ${BEFORE.description}`);
  command.addHelpText('after', HELP).action(async (flags: Flags, self: Command) => {
    const { api, output } = await context.session(self);
    const wanted = flags.labelled === true ? await taskOf(api, flags) : undefined;
    const filters = Object.keys(SAMPLE_FILTERS) as (keyof Filters)[];
    const query = Object.fromEntries(filters.map((name) => [name, flags[name]]));
    const { progress, end } = showPullProgress(output);
    const options = {
      ...{ to: flags.to, task: wanted, model: flags.model },
      ...{ query: { ...query, to: flags.until, where: flags.where }, limit: flags.limit },
    };
    const pulled = await pullSamples(api, options, progress).finally(end);
    if (pulled.left.length > 0) output.warn(leftText(pulled.left));
    output.answer('sample-pull', pulled, () => pulledText(pulled));
  });
}

async function taskOf(api: ApiClient, { task: wanted, model }: Flags): Promise<TaskName> {
  if (wanted !== undefined) return wanted;
  if (model === undefined) throw usage('say whose labels count: --model NAME, or --task TASK');
  const view = await api.call('GET /v1/models/{model}', ModelView, { params: { model } });
  return TaskName.parse(view.task);
}

function task(text: string): TaskName {
  const parsed = TaskName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`It must be one of ${TASK_NAMES.join(', ')}.`);
}

function pulledText({ to, task: wanted, pulled, present, inFolder }: Pulled): string {
  const had = present > 0 ? `, ${numberText(present)} were there already` : '';
  const kind = wanted === null ? '' : ` labelled for ${wanted}`;
  return `${countOf(pulled, 'picture')} pulled${had}. ${to} holds ${countOf(inFolder, 'sample')}${kind}.`;
}

function leftText(left: readonly LeftSample[]): string {
  const lines = left.slice(0, MOST_NAMED).map(({ id, why }) => `  ${id}: ${why}`);
  const more = left.length > MOST_NAMED ? [`  … and ${numberText(left.length - MOST_NAMED)} more`] : [];
  return [`${countOf(left.length, 'sample')} left out:`, ...lines, ...more].join('\n');
}
