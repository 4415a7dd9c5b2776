import type { AgentStatus } from './agent-status.js';

/** The device in one line, as `systemctl status` shows it. */
export function statusLine({
  device,
  fleet,
  connected,
  shutOut,
  models,
  conditions = [],
}: AgentStatus): string {
  const answering = models.flatMap(({ slots: { current } }) =>
    current ? [`${current.model}@${current.version}`] : [],
  );
  const link = shutOut ? `shut out: ${shutOut}` : connected ? 'connected' : 'not connected';
  const troubles = conditions.map(({ code }) => code);
  return [
    `${device} of ${fleet}`,
    link,
    answering.length === 0 ? 'no model' : answering.join(' '),
    ...(troubles.length === 0 ? [] : [`trouble: ${troubles.join(' ')}`]),
  ].join(', ');
}
