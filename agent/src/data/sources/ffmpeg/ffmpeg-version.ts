/** What differs between the versions of ffmpeg that Hamon runs on. */
export interface FfmpegVersion {
  readonly major: number;
  readonly minor: number;
}

/** Debian 11 has 4.3; what is older lacks what a camera needs. */
export const OLDEST_FFMPEG: FfmpegVersion = { major: 4, minor: 3 };
/** Builds of the development's head name a commit instead. */
const NEWEST: FfmpegVersion = { major: 99, minor: 0 };

/** From what `ffmpeg -version` writes; undefined where that is no ffmpeg. */
export function ffmpegVersion(output: string): FfmpegVersion | undefined {
  const [, version] = /^ffmpeg version (\S+)/m.exec(output) ?? [];
  if (version === undefined) return undefined;
  const [, major, minor] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return /^(N-\d|git-|\d{4}-\d\d)/.test(version) ? NEWEST : undefined;
  return { major: Number(major), minor: Number(minor) };
}

export const isAtLeast = (version: FfmpegVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);
