import { fail, type Finding } from './finding.js';
import type { Check, Patient } from './check.js';

export interface NamedFinding extends Finding {
  readonly check: string;
}

export interface ChecksOptions {
  readonly limitMs: number;
  /** What shows more where a check itself failed. */
  readonly again: string;
}

/** All at once; a check that does not end, or meets a bug, is a finding itself. In the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  patient: Patient,
  { limitMs, again }: ChecksOptions,
): Promise<readonly NamedFinding[]> {
  const found = await Promise.all(
    checks.map(async ({ name, run }) => {
      const findings = await withinLimit((signal) => run(patient, signal), limitMs).catch((cause: unknown) =>
        fail(cause instanceof Error ? cause.message : String(cause), again),
      );
      return [findings].flat().map((finding: Finding) => ({ check: name, ...finding }));
    }),
  );
  return found.flat();
}

async function withinLimit<T>(act: (signal: AbortSignal) => Promise<T>, limitMs: number): Promise<T> {
  const patience = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it has not ended within ${limitMs / 1000} s`));
      patience.abort(new Error('out of time'));
    }, limitMs);
  });
  try {
    return await Promise.race([act(patience.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
