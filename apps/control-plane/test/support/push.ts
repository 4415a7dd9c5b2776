import { createHash } from 'node:crypto';
import type { BundleDocument, BundleFile, VersionView } from '@hamon/contracts';
import { bundleDocument, tinyModel, type TinyModelOptions } from '@hamon/testing';
import type { Answer, CallablePlane } from './test-control-plane.js';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export async function upload(
  plane: CallablePlane,
  bytes: Uint8Array,
  { name = sha256(bytes), token = plane.token }: { name?: string; token?: string } = {},
): Promise<Answer<{ code?: string; detail?: string }>> {
  const answer = await fetch(`${plane.url}/v1/artifacts/${name}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: bytes as NonNullable<RequestInit['body']>,
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as { code?: string } };
}

export interface Pushed {
  readonly bundle?: Partial<BundleDocument>;
  readonly model?: TinyModelOptions;
  /** By path, beside the models; replaces a model of the same path. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Last changes to the request. */
  readonly body?: Record<string, unknown>;
}

/** Uploads the files of a tiny bundle and pushes it, as the command line does. */
export async function push(
  plane: CallablePlane,
  { bundle: overrides = {}, model = {}, files = {}, body = {} }: Pushed = {},
): Promise<Answer<VersionView & { code: string; detail: string }>> {
  const bundle = bundleDocument(overrides);
  const bytes = tinyModel(model);
  const all = { ...Object.fromEntries(bundle.variants.map(({ file }) => [file, bytes])), ...files };
  const listed: BundleFile[] = [];
  for (const [path, content] of Object.entries(all)) {
    await upload(plane, content);
    listed.push({ path, sha256: sha256(content), length: content.length });
  }
  const sent = { version: bundle.version, bundle, files: listed, ...body };
  return plane.call('POST', `/v1/models/${bundle.model}/versions`, sent);
}

/** A validated version of a model that is made where it is missing. */
export async function pushed(plane: CallablePlane, what: Pushed = {}): Promise<VersionView> {
  const { model, task } = bundleDocument(what.bundle ?? {});
  await plane.call('POST', '/v1/models', { name: model, task });
  return done('push', await push(plane, what));
}

/** The same, released. */
export async function release(plane: CallablePlane, what: Pushed = {}): Promise<VersionView> {
  const { model, version } = await pushed(plane, what);
  return done('release', await plane.call('POST', `/v1/models/${model}/versions/${version}/release`, {}));
}

function done(what: string, { status, body }: Answer): VersionView {
  if (status >= 300) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
  return body as VersionView;
}
