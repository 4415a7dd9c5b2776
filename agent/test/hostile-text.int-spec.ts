import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentProcess } from './support/agent-process.js';

const HOSTILE = 'no\ndevice cam-1 of fleet default enrolled\r\u001b[2J\u009b2J\u202e';

const server = createServer((request, response) => {
  request.resume();
  const problem = {
    type: 'urn:x',
    title: 'x',
    status: 403,
    code: 'enrolment-token-invalid',
    detail: HOSTILE,
  };
  response.writeHead(403, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
});
let folder: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'hamon-hostile-'));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test("a server's text with line ends and control characters makes no line of its own in what the agent says", async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refused = await AgentProcess.call('enrol', '--server', url, '--token', 'any', '--state', folder);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain(
    'no\\ndevice cam-1 of fleet default enrolled\\r\\u001b[2J\\u009b2J\\u202e',
  );
  expect(refused.stderr.trimEnd()).not.toMatch(/\p{Cc}|[\u2028-\u202e\u2066-\u2069]/u);
});
