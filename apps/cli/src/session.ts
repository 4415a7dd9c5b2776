import type { ApiClient } from '@hamon/api-client';
import type { Output } from './output.js';

/** What a command works with. */
export interface Session {
  readonly api: ApiClient;
  readonly output: Output;
}
