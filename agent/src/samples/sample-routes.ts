import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SampleMeta } from '@hamon/contracts';
import type { SampleStore } from './sample-store.js';
import { sendJson, sendProblem } from '../data/http/problem-response.js';
import type { Route } from '../data/http/route.js';

type ReadStore = Pick<SampleStore, 'page' | 'find' | 'read' | 'picture'>;

/** One picture in the list: what is said of it, and whether the control plane has it. */
export interface KeptSampleView extends SampleMeta {
  readonly uploadedAt: string | null;
}

const MOST = 500;
const USUALLY = 100;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The pictures that this device keeps: `GET /v1/samples`, newest first, and `GET /v1/samples/{id}/picture`. */
export const sampleRoutes = (store: ReadStore): readonly Route[] => [
  { method: 'GET', path: '/v1/samples', handle: (request, response) => list(store, request, response) },
  {
    ...{ method: 'GET', path: '/v1/samples/:id/picture' },
    handle: (_, response, { id = '' }) => picture(store, id, response),
  },
];

async function list(
  store: ReadStore,
  { url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = new URLSearchParams(url.split('?')[1]);
  const strange = [...query.keys()].find((key) => !['limit', 'after', 'stream'].includes(key));
  const limit = Number(query.get('limit') ?? USUALLY);
  const isLimit = Number.isInteger(limit) && limit >= 1 && limit <= MOST;
  if (strange !== undefined || !isLimit) {
    const detail =
      strange === undefined
        ? `limit: must be a whole number from 1 to ${MOST}`
        : `there is no filter "${strange.slice(0, 100)}"; there are limit, after and stream`;
    sendProblem(response, { status: 400, code: 'bad-query', detail });
    return;
  }
  const after = query.get('after') ?? undefined;
  const stream = query.get('stream') ?? undefined;
  const { entries, next } = store.page({ limit, after, stream });
  const items: KeptSampleView[] = [];
  for (const entry of entries) {
    const sample = await store.read(entry);
    // One that has made room for another meanwhile is no gap that anybody must know of.
    if (sample) items.push({ ...sample.meta, uploadedAt: sample.uploadedAt });
  }
  sendJson(response, 200, { schema: 'hamon.kept-samples/1', items, next });
}

async function picture(store: ReadStore, id: string, response: ServerResponse): Promise<void> {
  const entry = ID.test(id) ? store.find(id) : undefined;
  const sample = entry && (await store.read(entry));
  const bytes = entry && (await store.picture(entry));
  if (!sample || !bytes) {
    sendProblem(response, {
      status: 404,
      code: 'unknown-sample',
      detail: `no picture of "${id}" is kept here`,
    });
    return;
  }
  response.writeHead(200, {
    'content-type': sample.meta.mediaType,
    'content-length': String(bytes.byteLength),
    // A stranger's bytes: a browser shows them as that picture or not at all.
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-store',
  });
  response.end(bytes);
}
