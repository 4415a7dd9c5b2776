import { Injectable } from '@nestjs/common';
import type { FeedbackView, GiveFeedback, SampleLabelView } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { labelProblem } from './label-problem.js';
import { SampleLabelStore } from './sample-label.store.js';
import { noSample } from './sample.store.js';

interface LabelledSample {
  readonly device: string;
  readonly stream: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly labels: readonly SampleLabelView[];
}

/** Takes what people say of pictures. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly database: DataSource,
    private readonly labels: SampleLabelStore,
    private readonly audit: AuditService,
  ) {}

  /** @throws ControlPlaneError `sample-not-found`, `label-refused` */
  async give(caller: AdminCaller, { sample, record, truth, annotator }: GiveFeedback): Promise<FeedbackView> {
    const { fleet } = caller;
    const id = sample ?? record?.id ?? '';
    return this.database.transaction(async (manager) => {
      const found = await lockSample(manager, fleet, id);
      if (record && (found.device !== record.device || found.stream !== record.stream)) throw noSample(id);
      const problem = labelProblem(found.size, truth);
      if (problem) throw problem;
      const by = actorOf(caller);
      const given = await this.labels.add(manager, fleet, id, found.labels, {
        ...{ truth, by, annotator: annotator ?? null },
      });
      const { task, words } = given;
      await this.audit.record(manager, {
        ...{ fleet, actor: by, action: 'sample.label', subject: id },
        detail: { task, words, annotator: given.annotator },
      });
      return { ...given, sample: id };
    });
  }
}

/** Serialises what is said of one sample. */
async function lockSample(manager: EntityManager, fleet: string, id: string): Promise<LabelledSample> {
  const [row] = await manager.query<LabelledSample[]>(
    `SELECT device, stream, meta -> 'size' AS size, labels FROM samples WHERE fleet = $1 AND id = $2 FOR UPDATE`,
    [fleet, id],
  );
  if (!row) throw noSample(id);
  return row;
}
