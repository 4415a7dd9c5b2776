import { counted } from './format.js';
import { isUnswitched } from './hold.js';
import type { Phase } from './phase.js';
import { sendBack } from './send-back.js';
import { withStatus } from './stage-view.js';

/**
 * Points every device that has not switched back to what it ran, or was meant to run, by a newer manifest: one that is
 * offline, or downloads, or waits for frames, would activate the version otherwise, and no gate would look. A device that has
 * switched keeps the version; one that switches before it hears of the abort goes back, where it ran something before.
 */
export const continueAborting: Phase = (rollout, seen, now) => {
  const { withdrawal } = rollout.status;
  const { model, version } = rollout.spec;
  return sendBack(rollout, seen, now, {
    since: withdrawal?.since ?? now.toISOString(),
    isMeant: isUnswitched,
    isAnnounced: withdrawal?.announced === true,
    announced: (next) =>
      withdrawal ? withStatus(next, { withdrawal: { ...withdrawal, announced: true } }) : next,
    beginning: {
      note: 'withdrawing',
      text: (count) => `${counted(count, 'device')} told to drop ${model}@${version}`,
    },
    ending: {
      note: 'aborted',
      event: 'withdrawn',
      text: ({ back, kept, keeping }) => [
        `${counted(back, 'device')} withdrawn`,
        ...(keeping > 0 ? [`${keeping} keep ${model}@${version}`] : []),
        ...(kept > 0 ? [`${kept} had switched before hearing of it, with nothing to go back to`] : []),
      ],
    },
  });
};
