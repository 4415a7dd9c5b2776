import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '@hamon/contracts';
import type { z } from 'zod';
import { ROOT } from './root.js';

const run = promisify(execFile);
const HAMON = join(ROOT, 'apps/cli/bin/hamon.js');
const TIMEOUT_MS = 60_000;

/** The control plane refused; `status` is HTTP's. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The few calls of the HTTP API that the demo makes, as the one admin there is. */
export class Api {
  constructor(
    private readonly httpUrl: string,
    private readonly token: string,
  ) {}

  get<T extends z.ZodType>(path: string, answer: T): Promise<z.output<T>> {
    return this.request('GET', path, undefined, answer);
  }

  post<T extends z.ZodType>(path: string, body: object, answer: T): Promise<z.output<T>> {
    return this.request('POST', path, body, answer);
  }

  put<T extends z.ZodType>(path: string, body: object, answer: T): Promise<z.output<T>> {
    return this.request('PUT', path, body, answer);
  }

  /** `hamon …` as a person would type it. */
  async hamon(...args: string[]): Promise<void> {
    const env = { ...process.env, HAMON_SERVER: this.httpUrl, HAMON_TOKEN: this.token };
    await run(process.execPath, [HAMON, ...args, '--json'], { env }).catch((cause: unknown) => {
      const { stderr } = cause as { stderr?: string };
      throw new Error(`hamon ${args.join(' ')}: ${stderr?.trim() ?? String(cause)}`, { cause });
    });
  }

  private async request<T extends z.ZodType>(
    method: string,
    path: string,
    body: object | undefined,
    answer: T,
  ): Promise<z.output<T>> {
    const response = await fetch(new URL(path, this.httpUrl), {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    const json: unknown = await response.json();
    if (response.ok) return answer.parse(json);
    throw new Refused(
      response.status,
      `${method} ${path}: ${Problem.safeParse(json).data?.detail ?? response.status}`,
    );
  }
}
