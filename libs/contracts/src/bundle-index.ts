import { z } from 'zod';
import { BundlePath } from './bundle.js';
import { Sha256 } from './names.js';

/** Largest chunk: fits an MQTT message of 128 KiB with room for the topic and header. */
export const MAX_CHUNK_BYTES = 120 * 1024;

export const ChunkRef = z.strictObject({ sha256: Sha256, length: z.int().min(1).max(MAX_CHUNK_BYTES) });
export type ChunkRef = z.infer<typeof ChunkRef>;

/** Largest file that a bundle may hold. */
export const MAX_FILE_BYTES = 2 * 1024 ** 3;

export const IndexedFile = z.strictObject({
  path: BundlePath,
  length: z.int().min(0).max(MAX_FILE_BYTES),
  sha256: Sha256,
  chunks: z.array(ChunkRef).max(20_000),
});
export type IndexedFile = z.infer<typeof IndexedFile>;

/**
 * `hamon.index/1`: what a device installs for one variant, `bundle.json` included. Its SHA-256 in canonical JSON
 * (RFC 8785) is the bundle digest.
 */
export const BundleIndex = z
  .strictObject({ schema: z.literal('hamon.index/1'), files: z.array(IndexedFile).min(2).max(256) })
  .superRefine(({ files }, context) => {
    files.forEach((file, i) => {
      const previous = files[i - 1];
      if (previous && previous.path >= file.path) {
        context.addIssue({
          code: 'custom',
          path: ['files', i, 'path'],
          message: 'files must be sorted by path, once each',
        });
      }
      if (file.chunks.reduce((sum, chunk) => sum + chunk.length, 0) !== file.length) {
        context.addIssue({
          code: 'custom',
          path: ['files', i, 'chunks'],
          message: "lengths must add up to the file's length",
        });
      }
    });
    if (!files.some(({ path }) => path === 'bundle.json')) {
      context.addIssue({ code: 'custom', path: ['files'], message: 'must include bundle.json' });
    }
  });
export type BundleIndex = z.infer<typeof BundleIndex>;

/** How a manifest names a bundle: the digest, length and chunks of its index. */
export const BundleRef = z
  .strictObject({
    sha256: Sha256,
    length: z
      .int()
      .min(1)
      .max(8 * 1024 ** 2),
    chunks: z.array(ChunkRef).min(1).max(128),
  })
  .refine(
    ({ length, chunks }) => chunks.reduce((sum, chunk) => sum + chunk.length, 0) === length,
    "chunk lengths must add up to the index's length",
  );
export type BundleRef = z.infer<typeof BundleRef>;
