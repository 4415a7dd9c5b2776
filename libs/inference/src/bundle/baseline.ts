import type { AnswerOf, BaselineDocument, BundleDocument, FrameSize } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';

/** The summary of a version's answers, the reference for later drift measures. */
export function baselineOf(
  { task, output }: Pick<BundleDocument, 'task' | 'output'>,
  answers: readonly { readonly answer: AnswerOf; readonly frame: FrameSize }[],
): BaselineDocument {
  const summary = taskNamed(task).summaries.collect(output);
  for (const { answer, frame } of answers) summary.add(answer, frame);
  return { schema: 'hamon.baseline/2', samples: answers.length, summary: summary.build() };
}
