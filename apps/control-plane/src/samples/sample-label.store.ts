import { Injectable } from '@nestjs/common';
import { truthWords, type GivenLabelView, type SampleLabelView, type SampleTruth } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';

/** What somebody says, and who it is. */
export interface NewLabel {
  readonly truth: SampleTruth;
  /** `admin:NAME`. */
  readonly by: string;
  readonly annotator: string | null;
}

interface LabelRow {
  readonly task: string;
  readonly truth: SampleTruth;
  readonly words: string[];
  readonly at: Date;
  readonly given_by: string;
  readonly annotator: string | null;
}

/** What people said of samples: all of it, and with the sample the newest of each task. */
@Injectable()
export class SampleLabelStore {
  constructor(private readonly database: DataSource) {}

  /**
   * Within a transaction in which nobody else labels this sample.
   *
   * @param labels those of the sample so far
   */
  async add(
    manager: EntityManager,
    fleet: string,
    sample: string,
    labels: readonly SampleLabelView[],
    { truth, by, annotator }: NewLabel,
  ): Promise<GivenLabelView> {
    const { task } = truth;
    const words = truthWords(truth);
    const [row] = await manager.query<{ at: Date }[]>(
      `INSERT INTO sample_labels (fleet, sample, task, truth, words, given_by, annotator)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING at`,
      [fleet, sample, task, JSON.stringify(truth), words, by, annotator],
    );
    const newest = { task, words, at: (row?.at ?? new Date()).toISOString(), by, annotator };
    const all = [...labels.filter((label) => label.task !== task), newest].sort((a, b) =>
      a.task < b.task ? -1 : 1,
    );
    await manager.query('UPDATE samples SET labels = $3, words = $4 WHERE fleet = $1 AND id = $2', [
      ...[fleet, sample, JSON.stringify(all)],
      [...new Set(all.flatMap((label) => label.words))],
    ]);
    return { ...newest, truth };
  }

  /** Newest first. */
  async history(fleet: string, sample: string): Promise<GivenLabelView[]> {
    const rows = await this.database.query<LabelRow[]>(
      `SELECT task, truth, words, at, given_by, annotator FROM sample_labels
       WHERE fleet = $1 AND sample = $2 ORDER BY seq DESC`,
      [fleet, sample],
    );
    return rows.map(({ task, truth, words, at, given_by: by, annotator }) => ({
      ...{ task, truth, words, by, annotator },
      at: at.toISOString(),
    }));
  }
}
