import { wordsOf } from './modbus-mapping.js';
import type { SinkConfig, SinkKind, SinkOf } from './sinks.js';
import type { TriggerConfig } from './triggers.js';

type Field = readonly (string | number)[];

interface Row {
  readonly config: { readonly sinks: readonly SinkConfig[]; readonly trigger?: TriggerConfig | undefined };
  readonly at: Field;
}

interface Problem {
  readonly path: Field;
  readonly message: string;
}

/** Something that is there once for the whole device, and what a sink that names it says of it. */
interface Naming {
  readonly what: string;
  readonly place: string;
  readonly says: Readonly<Record<string, unknown>>;
}

const NAMED: { readonly [K in SinkKind]?: (sink: SinkOf<K>) => Naming } = {
  jsonl: ({ path, maxBytes }) => ({ what: 'file', place: path, says: { maxBytes } }),
  webhook: ({ url, secret, timeoutMs, maxRecords, maxMb }) => ({
    ...{ what: 'receiver', place: `${url} ${secret.secret}` },
    says: { timeoutMs, maxRecords, maxMb },
  }),
  opcua: ({ port, host, user, password, insecure }) => ({
    ...{ what: 'port', place: String(port) },
    says: { host, user, password: password?.secret, insecure },
  }),
};

/** Rules between sinks: what several of them name is opened once, and cannot be in two ways. */
export const sharedSinkProblems = (rows: readonly Row[]): Problem[] => [
  ...saidTwice(rows),
  ...writtenTwice(rows),
  ...clientsTwice(rows),
];

function saidTwice(rows: readonly Row[]): Problem[] {
  const known = new Map<string, { readonly says: Naming['says']; readonly at: string }>();
  return placedSinks(rows).flatMap(({ sink, at }) => {
    const naming = (NAMED[sink.kind] as ((sink: SinkConfig) => Naming) | undefined)?.(sink);
    if (!naming) return [];
    const { what, place, says } = naming;
    const key = `${sink.kind} ${place}`;
    const former = known.get(key);
    known.set(key, { says, at: at.join('.') });
    if (!former) return [];
    return Object.keys(says)
      .filter((name) => former.says[name] !== says[name])
      .map((name) => {
        const value = former.says[name];
        const is = value === undefined ? 'is left out' : `is ${String(value)}`;
        return { path: [...at, name], message: `${is} for the same ${what} in ${former.at}` };
      });
  });
}

/** Two mappings would overwrite each other's coils and registers with each answer. */
function writtenTwice(rows: readonly Row[]): Problem[] {
  const writers = new Map<string, { readonly text: string; readonly at: string }>();
  return placedSinks(rows).flatMap(({ sink, at }) => {
    if (sink.kind !== 'modbus') return [];
    const { when: _when, holdMs: _holdMs, ...mapping } = sink;
    const text = JSON.stringify(mapping);
    const problems = addressesOf(sink).flatMap(({ list, i, address }): Problem[] => {
      const key = `${sink.host}:${sink.port} ${sink.unit} ${list} ${address}`;
      const former = writers.get(key);
      writers.set(key, { text, at: at.join('.') });
      if (!former || former.text === text) return [];
      const message = `${address} is written by ${former.at} too, which maps answers in another way`;
      return [{ path: [...at, list, i, 'address'], message }];
    });
    return problems.slice(0, 1);
  });
}

function addressesOf({ coils, registers }: SinkOf<'modbus'>): {
  readonly list: 'coils' | 'registers';
  readonly i: number;
  readonly address: number;
}[] {
  return [
    ...coils.map(({ address }, i) => ({ list: 'coils' as const, i, address })),
    ...registers.flatMap((register, i) =>
      Array.from({ length: wordsOf(register) }, (_, word) => ({
        ...{ list: 'registers' as const, i, address: register.address + word },
      })),
    ),
  ];
}

/** A broker ends a connection when another one of the same client comes: two would end each other for ever. */
function clientsTwice(rows: readonly Row[]): Problem[] {
  const clients = new Map<string, { readonly connection: string; readonly at: string }>();
  return plantEnds(rows).flatMap(({ end, at }) => {
    if (!('broker' in end) || end.broker.clientId === undefined) return [];
    const { broker } = end;
    // A Sparkplug node has a connection, and with it a last will, of its own.
    const isNode = end.kind === 'plant-mqtt' && end.format === 'sparkplug-b';
    const connection = JSON.stringify([broker, isNode && [end.group, end.node]]);
    const key = `${broker.url} ${broker.clientId}`;
    const former = clients.get(key);
    clients.set(key, { connection, at: at.join('.') });
    if (!former || former.connection === connection) return [];
    const message = `is that of another connection with the same broker, in ${former.at}`;
    return [{ path: [...at, 'broker', 'clientId'], message }];
  });
}

const placedSinks = (rows: readonly Row[]): { readonly sink: SinkConfig; readonly at: Field }[] =>
  rows.flatMap(({ config, at }) => config.sinks.map((sink, i) => ({ sink, at: [...at, 'sinks', i] })));

/** Sinks and triggers, and where each stands. */
export const plantEnds = (
  rows: readonly Row[],
): { readonly end: SinkConfig | TriggerConfig; readonly at: Field }[] =>
  rows.flatMap((row) => [
    ...placedSinks([row]).map(({ sink, at }) => ({ end: sink, at })),
    ...(row.config.trigger ? [{ end: row.config.trigger, at: [...row.at, 'trigger'] }] : []),
  ]);
