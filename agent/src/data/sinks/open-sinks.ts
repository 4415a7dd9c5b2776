import type { SinkConfig } from '@hamon/contracts';
import { JointConditions } from '../joint-conditions.js';
import { SharedSinks } from './shared-sinks.js';
import { openSink, placeOf, type SinkParts } from './sink-kinds.js';

/** Sinks as streams ask for them. */
export function openSinks(parts: SinkParts): SharedSinks {
  const conditions = new JointConditions(parts.tellCondition);
  return new SharedSinks({
    placeOf,
    open: (config: SinkConfig) =>
      openSink(config, { ...parts, tellCondition: conditions.part(placeOf(config)) }),
    view: (sink) => sink,
  });
}
