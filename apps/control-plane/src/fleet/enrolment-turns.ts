import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { databaseShares } from '../platform/database-shares.js';
import { ControlPlaneError } from '../platform/errors.js';
import { FairTurns } from '../platform/fair-turns.js';

/** A hall of machines that is switched on at once; each waiting one costs a few kilobytes. */
const MAX_WAITING = 1_000;
/** A device gives up after 15 seconds; its turn must end before that, a wait for a connection included. */
const WAIT_MS = 5_000;
const COME_AGAIN_SECONDS = 3;

/**
 * Devices enrol in turns. Those with one token come one by one, as they count down its uses: waiting for that inside
 * the database would hold a connection meanwhile.
 */
@Injectable()
export class EnrolmentTurns {
  private readonly turns: FairTurns;

  constructor({ databaseConnections }: Config) {
    this.turns = new FairTurns({
      ...{ atOnce: databaseShares(databaseConnections).enrolments, atOnceEach: 1 },
      ...{ waiting: MAX_WAITING, waitingEach: MAX_WAITING },
    });
  }

  /** @throws ControlPlaneError `overloaded` */
  async inTurn<T>(token: string, enrol: () => Promise<T>): Promise<T> {
    const end = await this.turns.takeWithin(token, token, WAIT_MS);
    if (!end) {
      throw new ControlPlaneError('overloaded', 'Too many devices enrol at the moment.', {
        retryAfterSeconds: COME_AGAIN_SECONDS,
      });
    }
    try {
      return await enrol();
    } finally {
      end();
    }
  }
}
