import type { AnswerOf, InferenceResult, ResultRecord, TaskName } from '@hamon/contracts';

const result = <T extends TaskName>(task: T, output: AnswerOf<T>): InferenceResult => ({
  ...{ schema: 'hamon.result/2', model: 'tiles', version: '1.0.0', variant: 'fp32', task, source: 'edge' },
  ...{ latencyMs: 4, frame: { width: 96, height: 96 }, output },
});

const record = (stream = 'main'): Omit<ResultRecord, 'result' | 'error'> => ({
  ...{ schema: 'hamon.record/2', at: '2026-11-29T12:00:00.000Z', stream },
});

/** Of a classifier with the labels `ok` and `dent`. */
export const label = (name: 'ok' | 'dent', confidence: number, stream?: string): ResultRecord => ({
  ...record(stream),
  result: result('classification', {
    ...{ label: name, confidence },
    probabilities: name === 'ok' ? [confidence, 1 - confidence] : [1 - confidence, confidence],
  }),
});

export const detections = (...labels: string[]): ResultRecord => ({
  ...record(),
  result: result('detection', {
    detections: labels.map((name, i) => ({
      ...{ label: name, confidence: 0.9 - i / 10, box: { x: i, y: 0, width: 8, height: 8 } },
    })),
  }),
});

export const values = (by: Record<string, number>, stream?: string): ResultRecord => ({
  ...record(stream),
  result: result('regression', { values: by }),
});

export const errorRecord = (code: string): ResultRecord => ({ ...record(), error: { code, detail: code } });
