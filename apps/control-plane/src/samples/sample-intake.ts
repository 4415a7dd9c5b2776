import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  MAX_SAMPLE_META_BYTES,
  MAX_SAMPLE_PICTURE_BYTES,
  SAMPLE_HEAD_BYTES,
  type SampleMeta,
  type TakenSampleView,
} from '@hamon/contracts';
import { ContentError } from '@hamon/content';
import { FleetPolicyStore } from '../fleet/fleet-policy.store.js';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import { FairTurns, type EndTurn } from '../platform/fair-turns.js';
import type { DeviceCaller } from '../platform/http/caller.js';
import { Log } from '../platform/log.js';
import { chargeOf } from './charge-of.js';
import { requireWanted } from './require-wanted.js';
import { openSampleBody } from './sample-body.js';
import { SampleBudgetStore } from './sample-budget.store.js';
import { SampleFiles } from './sample-files.js';
import { SampleKeeper } from './sample-keeper.js';
import { SampleStore } from './sample.store.js';

/** The largest picture at two megabits a second. */
const WITHIN_MS = 150_000;
const MAX_BODY_BYTES = SAMPLE_HEAD_BYTES + MAX_SAMPLE_META_BYTES + MAX_SAMPLE_PICTURE_BYTES;
/** Pictures under way; each may take disk before its digest is known. No device and no fleet has all the turns. */
const TURNS = { atOnce: 64, atOnceEach: 2, waiting: 1024, waitingEach: 4 };
const FLEET_TURNS = { atOnce: 64, atOnceEach: 48, waiting: 1024, waitingEach: 512 };
const TURN_WITHIN_MS = 10_000;
/** Clocks of devices differ; beyond that a time is wrong, and would stand before all others for ever. */
const AHEAD_MS = 86_400_000;

/** A picture as a device sends it. */
export interface SentSample {
  /** By the request's path. */
  readonly sha256: string;
  readonly body: Readable;
  /** Of the body, where the request says so. */
  readonly length: number | undefined;
}

/** Takes pictures in, none of which is ever decoded here. */
@Injectable()
export class SampleIntake {
  private readonly turns = new FairTurns(TURNS);
  private readonly fleetTurns = new FairTurns(FLEET_TURNS);

  constructor(
    private readonly policies: FleetPolicyStore,
    private readonly budgets: SampleBudgetStore,
    private readonly samples: SampleStore,
    private readonly files: SampleFiles,
    private readonly keeper: SampleKeeper,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * @throws ControlPlaneError `samples-not-wanted`, `sample-budget-spent`, `sample-quota-reached`, `sample-refused`,
   * `sample-exists`, `payload-too-large`, `overloaded`, `storage-full`
   */
  async take(caller: DeviceCaller, sent: SentSample): Promise<TakenSampleView> {
    requireWanted((await this.policies.current(caller.fleet)).samples);
    if ((sent.length ?? 0) > MAX_BODY_BYTES) {
      const detail = `A picture has at most ${MAX_SAMPLE_PICTURE_BYTES} bytes.`;
      throw new ControlPlaneError('payload-too-large', detail);
    }
    const end = await this.turn(caller);
    try {
      return await this.store(caller, sent);
    } finally {
      end();
    }
  }

  /** The device's first: one that sends too much at once takes nothing of its fleet's. */
  private async turn({ fleet, device }: DeviceCaller): Promise<EndTurn> {
    const own = await this.turns.takeWithin(fleet, device, TURN_WITHIN_MS);
    const shared = own && (await this.fleetTurns.takeWithin(fleet, fleet, TURN_WITHIN_MS));
    if (own && shared)
      return () => {
        shared();
        own();
      };
    own?.();
    const detail = 'Too many pictures are under way; send this one later.';
    throw new ControlPlaneError('overloaded', detail, { retryAfterSeconds: 30 });
  }

  private async store(caller: DeviceCaller, { sha256, body }: SentSample): Promise<TakenSampleView> {
    const { fleet, device } = caller;
    const { meta, picture } = await openSampleBody(body, WITHIN_MS);
    this.check(caller, sha256, meta);
    const { id } = meta;
    if (await this.isStored(fleet, meta)) return { id, sha256, isNew: false };
    const { samples: rules } = await this.policies.current(fleet);
    await this.budgets.check({ fleet, device }, chargeOf(meta), rules);
    await refusing(() => this.files.of(fleet).put(sha256, picture, { length: meta.bytes }));
    try {
      const isNew = await this.keeper.keep(fleet, meta);
      // Sent twice at once, and the other one was faster.
      if (!isNew) await this.isStored(fleet, meta);
      return { id, sha256, isNew };
    } catch (cause) {
      await this.keeper
        .removeUnused(fleet, sha256)
        .catch((fault: unknown) => this.log.error('a refused picture was not removed', fault));
      throw cause;
    }
  }

  private check({ device }: DeviceCaller, sha256: string, meta: SampleMeta): void {
    if (meta.device !== device) throw refused(`device: must be "${device}", which sends it`);
    if (meta.sha256 !== sha256) throw refused('sha256: must be the digest in the path');
    if (Date.parse(meta.at) > this.clock.now().getTime() + AHEAD_MS) {
      throw refused("at: lies more than a day ahead; check the device's clock");
    }
  }

  /**
   * Is the same sample there, with its picture? Where the picture is lost it is taken again.
   *
   * @throws ControlPlaneError `sample-exists` where the id is another sample's
   */
  private async isStored(fleet: string, { id, device, sha256 }: SampleMeta): Promise<boolean> {
    const known = await this.samples.find(fleet, id);
    if (!known) return false;
    if (known.device !== device || known.sha256 !== sha256) {
      throw new ControlPlaneError('sample-exists', `There is another sample of the id ${id}.`);
    }
    return (await this.files.of(fleet).lengthOf(sha256)) === Number(known.bytes);
  }
}

const refused = (detail: string): ControlPlaneError => new ControlPlaneError('sample-refused', `${detail}.`);

/** What the device can mend becomes a refusal. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof ContentError)) throw cause;
    if (cause.code === 'digest-mismatch' || cause.code === 'length-mismatch') throw refused(cause.message);
    if (cause.code === 'disk-full') {
      const detail = 'There is no room for pictures; send it later.';
      throw new ControlPlaneError('storage-full', detail, { retryAfterSeconds: 3600, cause });
    }
    throw cause;
  }
}
