import type { SinkConfig } from '@hamon/contracts';
import { JointConditions } from '../joint-conditions.js';
import { SharedSinks } from './shared-sinks.js';
import { openSink, placeOf } from './sink-kinds.js';
import type { SinkParts } from './sink-parts.js';
import { WhenSink } from './when-sink.js';

/** Sinks as streams ask for them. */
export function openSinks(parts: SinkParts): SharedSinks {
  const conditions = new JointConditions(parts.tellCondition);
  return new SharedSinks({
    placeOf,
    open: (config: SinkConfig) =>
      openSink(config, { ...parts, tellCondition: conditions.part(placeOf(config)) }),
    // A sink that no stream names any more has no troubles either.
    onClosed: (place) => conditions.leave(place),
    view: (sink, rule, onHeld) => (rule.when === 'always' ? sink : new WhenSink(sink, { rule, onHeld })),
  });
}
