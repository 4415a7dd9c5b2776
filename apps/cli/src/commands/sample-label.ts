import { FeedbackView } from '@hamon/contracts';
import type { Command } from 'commander';
import { resolveId } from '../api/resolve-id.js';
import type { CommandContext } from '../command-context.js';
import { truthOfFlags, type TruthFlags } from '../samples/truth-of-flags.js';
import { cell } from '../views/table.js';
import { idOrPrefix } from './arguments.js';
import { boxFlag, valueFlag } from '../samples/truth-flags.js';

const HELP = `
Say one thing, by the task that it is for:
  --label Crack                                classification
  --box "Crack:3,40,22,9" --box "Dent:1,2,3,4" detection: all that the picture shows; --no-boxes where it shows nothing
  --mask FILE.png --labels ground,oil,rust     segmentation: pixels are places among the labels, from 0
  --good | --anomalous [--fault NAME] [--mask FILE.png]
                                               anomaly: a mask marks the fault by whatever is not 0
  --value diameter=3.2                         regression, in the units of the bundle
  --file truth.json                            any of them, as POST /v1/feedback takes it under "truth"
It takes the place of what was said before for the same task; "hamon sample show" has the history.`;

export function addSampleLabel(sample: Command, context: CommandContext): void {
  sample
    .command('label')
    .description('say what a picture shows')
    .argument('<id>', 'as "hamon sample ls" lists it, or its beginning', idOrPrefix)
    .option('--label <name>', 'the class of the picture')
    .option('--box <label:x,y,width,height>', 'something in it, in pixels; may be repeated', boxFlag)
    .option('--no-boxes', 'there is nothing in it')
    .option('--good', 'it shows no fault')
    .option('--anomalous', 'it shows a fault')
    .option('--fault <name>', 'what kind of fault it is')
    .option('--mask <file>', 'PNG of one channel and of the size of the picture')
    .option('--labels <list>', 'names of the numbers in the mask, from 0')
    .option('--value <name=number>', 'a value that was measured; may be repeated', valueFlag)
    .option('--file <file>', 'a JSON document that says it')
    .option('--annotator <name>', 'who says so, where the token speaks for several')
    .addHelpText('after', HELP)
    .action(async (given: string, flags: TruthFlags & { annotator?: string }, command: Command) => {
      const truth = await truthOfFlags(flags);
      const { api, output } = await context.session(command);
      const id = await resolveId(api, 'GET /v1/samples', given, 'sample');
      const { annotator } = flags;
      const said = await api.call('POST /v1/feedback', FeedbackView, {
        body: { sample: id, truth, annotator },
      });
      const words = said.words.length === 0 ? '' : `: ${said.words.join(', ')}`;
      output.answer(
        'feedback',
        said,
        () => `Sample ${said.sample} is labelled for ${said.task}${cell(words)}.`,
      );
    });
}
