import type sharpFactory from 'sharp';

let loading: Promise<typeof sharpFactory> | undefined;

/** libvips costs tens of megabytes, so it is loaded with the first image; its cache and threads would cost more. */
export function loadSharp(): Promise<typeof sharpFactory> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loading;
}
