import { CompressionView, hasCompressionEnded } from '@hamon/contracts';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { compressionText } from '../views/compression-view.js';
import { follow, type FollowedWithEvents } from './follow.js';
import { onScreen } from './on-screen.js';

/** Shows a compression while it runs; answers the exit code for how it ended. */
export async function watchCompression({ api, output }: Session, id: string): Promise<ExitCode> {
  const followed: FollowedWithEvents<CompressionView> = {
    id,
    events: 'GET /v1/compressions/{id}/events',
    ask: () => api.call('GET /v1/compressions/{id}', CompressionView, { params: { id } }),
    hasEnded: ({ state }: CompressionView) => hasCompressionEnded(state),
  };
  const text = (view: CompressionView): string => compressionText(output.colours, view);
  const view = await onScreen(output, { drawn: text }, (screen) => follow(api, followed, screen));
  output.answer('compression', view, () => text(view));
  return view.state === 'succeeded' ? EXIT.done : EXIT.rolloutFailed;
}
