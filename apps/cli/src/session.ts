import type { ApiClient } from './api/api-client.js';
import type { Output } from './output.js';

/** What a command works with. */
export interface Session {
  readonly api: ApiClient;
  readonly output: Output;
}
