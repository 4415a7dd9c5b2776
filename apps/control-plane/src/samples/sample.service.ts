import { Injectable } from '@nestjs/common';
import type { Page, SampleQuery, SampleUploadPolicy, SampleView, StoredSampleView } from '@hamon/contracts';
import type { FileHandle } from 'node:fs/promises';
import { FleetPolicyStore } from '../fleet/fleet-policy.store.js';
import { ControlPlaneError } from '../platform/errors.js';
import type { IdListQuery } from '../platform/http/id-prefix.js';
import type { Sender } from './sample-budget.store.js';
import { SampleLabelStore } from './sample-label.store.js';
import { SampleStores } from './sample-stores.js';
import { viewOfSample } from './sample.view.js';

export interface OpenPicture {
  readonly file: FileHandle;
  readonly length: number;
  readonly mediaType: string;
}

/** What the API shows of samples. */
@Injectable()
export class SampleService {
  constructor(
    private readonly policies: FleetPolicyStore,
    private readonly stores: SampleStores,
    private readonly labels: SampleLabelStore,
  ) {}

  async list(fleet: string, query: SampleQuery & Pick<IdListQuery, 'id'>): Promise<Page<SampleView>> {
    const { retentionDays } = (await this.policies.current(fleet)).samples;
    return this.stores.samples.list(fleet, query, viewOfSample(retentionDays));
  }

  /** @throws ControlPlaneError `sample-not-found` */
  async get(fleet: string, id: string): Promise<StoredSampleView> {
    const row = await this.stores.samples.get(fleet, id);
    const { retentionDays } = (await this.policies.current(fleet)).samples;
    const history = await this.labels.history(fleet, id);
    return { ...viewOfSample(retentionDays)(row), meta: row.meta, history };
  }

  /** Open until the caller closes it, whatever is deleted meanwhile. */
  async openPicture(fleet: string, id: string): Promise<OpenPicture> {
    const { sha256, bytes, media_type: mediaType } = await this.stores.samples.get(fleet, id);
    const file = await this.stores.files.open(fleet, sha256);
    if (file) return { file, length: Number(bytes), mediaType };
    throw new ControlPlaneError('sample-not-found', `The picture of sample ${id} is gone.`);
  }

  /** What a device may send. */
  async uploadPolicy(sender: Sender): Promise<Omit<SampleUploadPolicy, 'schema'>> {
    const { samples: rules } = await this.policies.current(sender.fleet);
    const { upload, maxBytesPerDeviceDay } = rules;
    if (!upload) return { upload, maxBytesPerDeviceDay };
    return { upload, maxBytesPerDeviceDay, bytesLeftToday: await this.stores.budgets.left(sender, rules) };
  }
}
