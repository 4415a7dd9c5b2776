/** The later of two floors, as it is persisted. */
export function raisedFloor(floor: string | null, seen: Date): string {
  return floor !== null && Date.parse(floor) >= seen.getTime() ? floor : seen.toISOString();
}

/** What an expiry is compared with: a clock that fell back to 1970 does not make an old manifest fresh again. */
export function laterOf(clock: Date, floor: string | null): Date {
  return floor !== null && Date.parse(floor) > clock.getTime() ? new Date(floor) : clock;
}

/** Signing and answering replicas may differ; a floor that is a day ahead locks nobody out. */
const ISSUE_SLACK_MS = 86_400_000;

/** The latest time at which a manifest can have been issued, where the time is known. */
export const latestIssue = (believed: Date | undefined): Date | undefined =>
  believed && new Date(believed.getTime() + ISSUE_SLACK_MS);

/** A clock this far from the server's is not believed: one day in 2099 must not lock a device out until then. */
export const BELIEVABLE_OFFSET_MS = 5 * 60_000;
