import { mkdtemp, rm } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { readConfig } from '../../src/platform/config/read-config.js';
import { startControlPlane } from '../../src/start-control-plane.js';
import { testDatabase } from './test-database.js';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

export interface TestControlPlane {
  readonly url: string;
  readonly mqttUrl: string;
  readonly token: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly app: NestFastifyApplication;
  readonly database: DataSource;
  /** A JSON call as the bootstrap admin, or as `token`. */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  /** Leaves database and data folder as they are. */
  stop(): Promise<void>;
  /** Stops and removes everything. */
  discard(): Promise<void>;
}

/** What is needed to call a control plane, in this process or another. */
export type CallablePlane = Pick<TestControlPlane, 'url' | 'token' | 'call'>;

/** What survives a stop: give it to the next `startTestControlPlane`. */
export interface TestPlace {
  readonly dataDir: string;
  readonly databaseUrl: string;
  discard(): Promise<void>;
}

export async function makeTestPlace(): Promise<TestPlace> {
  const { url: databaseUrl, drop } = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'hamon-cp-'));
  return {
    dataDir,
    databaseUrl,
    discard: async () => {
      await drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The whole control plane in this process, on a database of its own and the embedded broker. */
export async function startTestControlPlane(
  env: Record<string, string> = {},
  given?: TestPlace,
): Promise<TestControlPlane> {
  const place = given ?? (await makeTestPlace());
  const config = readConfig({
    HAMON_DATA: place.dataDir,
    HAMON_HTTP_PORT: '0',
    HAMON_MQTT_PORT: '0',
    HAMON_LOG_LEVEL: 'silent',
    DATABASE_URL: place.databaseUrl,
    ...env,
  });
  const plane = await startControlPlane(config);
  const token = config.adminToken ?? (await readFile(join(place.dataDir, 'admin-token'), 'utf8')).trim();
  const { httpUrl: url, mqttUrl, app } = plane;
  return {
    ...{ url, mqttUrl, token, app },
    dataDir: place.dataDir,
    databaseUrl: place.databaseUrl,
    database: app.get(DataSource),
    call: (method, path, body, headers = {}) =>
      callJson(url + path, method, body, { authorization: `Bearer ${token}`, ...headers }),
    stop: () => plane.stop(),
    discard: async () => {
      await plane.stop();
      await place.discard();
    },
  };
}

export async function callJson<T>(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer<T>> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const document: unknown = text === '' ? undefined : JSON.parse(text);
  if (document !== undefined && !url.endsWith('/openapi.json')) Named.parse(document);
  return { status: answer.status, headers: answer.headers, body: document as T };
}

/** Every answer names its schema. */
const Named = z.looseObject({ schema: z.stringFormat('document schema', /^hamon\.[a-z-]+\/1$/) });
