import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DeviceConfig } from '@hamon/contracts';

/** What is used here of a schema (zod 4). */
interface Schema {
  readonly def: {
    readonly type: string;
    readonly innerType?: Schema;
    readonly element?: Schema;
    readonly valueType?: Schema;
    readonly options?: readonly Schema[];
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly values?: readonly unknown[];
  };
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
}

interface Setting {
  /** `streams[].source(ffmpeg)` */
  readonly of: string;
  readonly key: string;
  /** In force where it is left out; undefined where nothing is, or where it has to be given. */
  readonly without: unknown;
}

/** Told in words where they are used, instead of in a table: secrets, and parts of a frame. */
const IN_WORDS = ['secret', 'height,width,x,y', 'address,value'];

/** Every setting of a configuration, those of lists, records and variants too. */
function settingsOf(schema: Schema, at = ''): Setting[] {
  const { type, innerType, element, valueType, options = [], shape = {} } = schema.def;
  if (innerType) return settingsOf(innerType, at);
  if (element) return settingsOf(element, `${at}[]`);
  if (valueType) return settingsOf(valueType, `${at}.*`);
  if (type === 'union') {
    return options.flatMap((option) => settingsOf(option, `${at}(${String(kindOf(option))})`));
  }
  if (type !== 'object' || IN_WORDS.includes(Object.keys(shape).sort().join())) return [];
  return Object.entries(shape).flatMap(([key, value]) => [
    ...(key === 'kind' ? [] : [{ of: at, key, without: value.safeParse(undefined).data }]),
    ...settingsOf(value, at === '' ? key : `${at}.${key}`),
  ]);
}

const kindOf = ({ def }: Schema): unknown => def.shape?.['kind']?.def.values?.[0];

/** Which part of the manual has the settings of what. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^(streams\[\]\.)?sinks\[\]\((modbus)\)/, 'Modbus'],
  [/\.samples(\.|$)|^samples$/, 'Pictures that matter'],
  [/^streams\[\](\.from|\.defect.*)?$/, 'Streams'],
  [/source\(ffmpeg\)/, 'Cameras by ffmpeg'],
  [/source\(command\)/, 'Other programs'],
  [/source\(drop-folder\)/, 'Drop folders'],
  [/source\(directory\)/, 'Folders of images'],
  [/\.broker$|sinks\[\]\(plant-mqtt\)/, "The plant's broker"],
  [/trigger\(/, 'Triggers'],
  [/sinks\[\]\(webhook\)/, 'Webhooks'],
  [/sinks\[\]\(opcua\)/, 'OPC UA'],
  [/sinks\[\]\(/, "Files, standard output and the fleet's broker"],
  [/^resources/, 'Threads, processor, heat and energy'],
];
/** Of every sink. */
const WHEN = ['when', 'holdMs'];
/** Of the file as a whole, which docs/OPERATING.md has (documented-settings.spec.ts); and what only holds others together. */
const ELSEWHERE = ['', 'http', 'limits', 'allow', 'resources'];

interface Row {
  readonly names: string;
  readonly without: string;
}

const MANUAL = new URL('../../docs/GATEWAY.md', import.meta.url);

async function manual(): Promise<ReadonlyMap<string, readonly Row[]>> {
  const text = await readFile(MANUAL, 'utf8');
  return new Map(
    text
      .split('\n## ')
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), rowsOf(section)]),
  );
}

const rowsOf = (section: string): readonly Row[] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, names = '', ...cells]) => ({
      names,
      // Of pictures it stands at the end.
      without: [cells[0], cells.at(-2)].join(', ').replaceAll('`', ''),
    }));

const shown = (value: unknown): string => (Array.isArray(value) ? 'none' : String(value));

describe('the manual of the gateway', async () => {
  const sections = await manual();
  const settings = settingsOf(DeviceConfig as unknown as Schema).filter(({ of }) => !ELSEWHERE.includes(of));

  it.each(settings.map((setting) => [`${setting.of}.${setting.key}`, setting] as const))(
    'has %s, with what is in force without it',
    (_, { of, key, without }) => {
      const place = WHEN.includes(key)
        ? 'When an answer is sent'
        : PLACES.find(([pattern]) => pattern.test(of))?.[1];
      const rows = sections.get(place ?? '') ?? [];
      // Why a picture is kept is a row, with its settings in it.
      const reason = /\.samples\.(\w+)$/.exec(of)?.[1];
      if (reason !== undefined) {
        const told = rows.filter(({ names }) => names === `\`${reason}\``).map((row) => row.without);
        expect(told).toEqual([expect.stringContaining(`${key} ${String(without)}`)]);
        return;
      }
      const named = rows.filter(({ names }) => new RegExp(`[\`.]${key}\``).test(names));
      expect([place, named.length > 0]).toEqual([place, true]);
      if (without === undefined || (typeof without === 'object' && !Array.isArray(without))) return;
      const told = named.flatMap((row) => row.without.split(',').map((cell) => cell.trim()));
      expect(told).toContain(shown(without));
    },
  );

  it('shows examples that an agent takes', async () => {
    const text = await readFile(MANUAL, 'utf8');
    const examples = [...text.matchAll(/```json\n(\{.*?\})\n```/gs)].map(
      ([, example = '']) => JSON.parse(example) as Record<string, unknown>,
    );
    expect(examples.length).toBeGreaterThan(8);
    for (const example of examples) {
      const asFile = 'name' in example ? { streams: [example] } : example;
      const config = 'kind' in example ? { sinks: [example] } : asFile;
      const { error } = DeviceConfig.safeParse(config);
      expect([example, error?.issues]).toEqual([example, undefined]);
    }
  });
});
