import {
  DeviceView,
  EnrolmentTokenView,
  RolloutMemberView,
  RolloutView,
  VersionView,
  pageOf,
} from '@hamon/contracts';
import type { z } from 'zod';

const TIMEOUT_MS = 90_000;

/** The HTTP API as the one admin there is. */
export class Api {
  constructor(
    readonly httpUrl: string,
    readonly token: string,
  ) {}

  async request(method: string, path: string, body?: object): Promise<Response> {
    return fetch(new URL(path, this.httpUrl), {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async call<T extends z.ZodType>(
    method: string,
    path: string,
    answer: T,
    body?: object,
  ): Promise<z.output<T>> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return answer.parse(JSON.parse(text));
  }

  rollout = (id: string): Promise<RolloutView> => this.call('GET', `/v1/rollouts/${id}`, RolloutView);

  device = (id: string): Promise<DeviceView> => this.call('GET', `/v1/devices/${id}`, DeviceView);

  async devices(): Promise<DeviceView[]> {
    return (await this.call('GET', '/v1/devices', pageOf(DeviceView))).items;
  }

  async members(rollout: string): Promise<RolloutMemberView[]> {
    return (await this.call('GET', `/v1/rollouts/${rollout}/members`, pageOf(RolloutMemberView))).items;
  }

  async versions(model: string): Promise<VersionView[]> {
    return (await this.call('GET', `/v1/models/${model}/versions`, pageOf(VersionView))).items;
  }

  async enrolmentToken(labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const wanted = { uses: 1, ttlSeconds: 600, labels };
    return (await this.call('POST', '/v1/enrolment-tokens', EnrolmentTokenView, wanted)).token ?? '';
  }

  /** One counter of `/metrics`, all its labels together. */
  async metric(name: string): Promise<number> {
    const text = await (await this.request('GET', '/metrics')).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith(name))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
}
