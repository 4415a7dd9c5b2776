import type { AnswerOf, BundleDocument, BundleInput } from '@hamon/contracts';
import { InferenceError, type InferenceHost } from '@hamon/inference';
import { taskNamed, type Decode } from '@hamon/tasks';
import type { DecodedFrame, FrameInput } from '../data/decoded-frame.js';
import type { IdleRuns } from './idle-runs.js';

/** All inputs together: they stay in memory until the last variant has been compared. */
const MAX_BYTES = 32 * 1024 ** 2;

/** How far variants answer as the original does, on the same inputs for all of them. */
export class AnswerComparison {
  private reference: readonly AnswerOf[] | undefined;
  private readonly shares = new Map<string, number>();
  private readonly decode: Decode;

  constructor(
    private readonly inputs: readonly FrameInput[],
    private readonly document: Pick<BundleDocument, 'task' | 'input' | 'output'>,
    private readonly original: string,
    private readonly runs: IdleRuns,
  ) {
    this.decode = taskNamed(document.task).decoder(document.output, document.input);
  }

  /** The original must be among the hosts the first time; without it nothing is compared. */
  async compare(hosts: ReadonlyMap<string, InferenceHost>): Promise<void> {
    const original = hosts.get(this.original);
    if (!this.reference && original) this.reference = await this.answers(original);
    for (const [variant, host] of hosts) {
      const { reference } = this;
      if (!reference || this.shares.has(variant) || reference.length === 0) continue;
      const share = this.agreement(
        reference,
        variant === this.original ? reference : await this.answers(host),
      );
      if (share !== undefined) this.shares.set(variant, share);
    }
  }

  of(variant: string): { readonly samples: number; readonly agreement?: number } {
    const agreement = this.shares.get(variant);
    return agreement === undefined ? { samples: 0 } : { samples: this.inputs.length, agreement };
  }

  /** The share of equal labels; where an answer is not one label, what the task takes for agreement. */
  private agreement(reference: readonly AnswerOf[], answers: readonly AnswerOf[]): number | undefined {
    const labels = reference.map(labelOf);
    if (labels.every((label) => label !== undefined)) {
      return answers.filter((answer, i) => labelOf(answer) === labels[i]).length / answers.length;
    }
    const { comparisons } = taskNamed(this.document.task);
    const pairs = comparisons.collect(this.document.output);
    reference.forEach((answer, i) => {
      const other = answers[i];
      if (other) pairs.add(answer, other);
    });
    const share = comparisons.agreement(pairs.build());
    return share === null ? undefined : Math.min(1, Math.max(0, share));
  }

  /** @throws InferenceError `output-not-finite`, `labels-mismatch` where what a variant says is no answer */
  private async answers(host: InferenceHost): Promise<readonly AnswerOf[]> {
    const answers: AnswerOf[] = [];
    for (const { data, frame } of this.inputs) {
      const answer = this.decode((await this.runs.run(host, data)).tensors, frame);
      if (!answer.ok) throw new InferenceError(answer.error.code, answer.error.detail);
      answers.push(answer.value);
    }
    return answers;
  }
}

const labelOf = (answer: AnswerOf): string | undefined => ('label' in answer ? answer.label : undefined);

/** The newest frames in the form that the model takes; those that have none (a foreign tensor, no image) are left out. */
export async function inputsOf(
  frames: readonly DecodedFrame[],
  input: BundleInput,
  most: number,
): Promise<readonly FrameInput[]> {
  const inputs: FrameInput[] = [];
  let bytes = 0;
  for (const frame of frames.slice(-most)) {
    const form = await frame.inputFor(input).catch(() => undefined);
    if (!form) continue;
    bytes += form.data.byteLength;
    if (bytes > MAX_BYTES) break;
    inputs.push(form);
  }
  return inputs;
}
