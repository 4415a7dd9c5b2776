import type { AnswerOf, BaselineDocument, BundleDocument } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';

/** The summary of a version's answers, the reference for later drift measures. */
export function baselineOf(
  { task, output }: Pick<BundleDocument, 'task' | 'output'>,
  answers: readonly AnswerOf[],
): BaselineDocument {
  const summary = taskNamed(task).summaries.collect(output);
  for (const answer of answers) summary.add(answer);
  return { schema: 'hamon.baseline/2', samples: answers.length, summary: summary.build() };
}
