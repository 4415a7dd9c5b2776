import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Resolves to what is missing, in words, or undefined where all is well. */
export type ReadinessCheck = () => Promise<string | undefined>;

const CHECK_TIMEOUT_MS = 3000;

/** What must work for this process to be of use. Rooms register their own checks. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();

  constructor(database: DataSource) {
    this.register('database', async () => {
      await database.query('SELECT 1');
      return undefined;
    });
  }

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Every check by name: `ok`, or what is wrong. */
  async look(): Promise<Record<string, string>> {
    const found = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, (await withTimeout(check)) ?? 'ok'] as const),
    );
    return Object.fromEntries(found);
  }
}

async function withTimeout(check: ReadinessCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    clearTimeout(timer);
  }
}
