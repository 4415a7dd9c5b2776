import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Log } from '../log.js';

/** Resolves to what is missing, in words, or undefined where nothing is. */
export type ReadinessCheck = () => Promise<string | undefined>;

const CHECK_TIMEOUT_MS = 3000;

/** What must work for this process to be useful. Capabilities register their own checks. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly failing = new Set<string>();

  constructor(
    database: DataSource,
    private readonly log: Log,
  ) {
    this.register('database', async () => {
      await database.query('SELECT 1');
      return undefined;
    });
  }

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Every check by name: `ok`, or what is wrong. Anybody may ask, so a driver's words about hosts go to the log only. */
  async look(): Promise<Record<string, string>> {
    const found = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await this.ask(name, check)] as const),
    );
    return Object.fromEntries(found);
  }

  private async ask(name: string, check: ReadinessCheck): Promise<string> {
    try {
      const missing = await inTime(check);
      this.failing.delete(name);
      return missing ?? 'ok';
    } catch (cause) {
      // Asked every few seconds: logged once each time that it begins to fail.
      if (!this.failing.has(name)) this.log.error('not ready', cause, { check: name });
      this.failing.add(name);
      return 'failed';
    }
  }
}

async function inTime(check: ReadinessCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
}
