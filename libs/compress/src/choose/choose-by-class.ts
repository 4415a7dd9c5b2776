import type { DeviceFacts, UnfitVariantView } from '@hamon/contracts';
import { hardwareClassOf } from './hardware-class.js';
import { mergeProfiles, type MeasuredFigures } from './merge-profiles.js';
import { selectVariant, type Selection, type SelectionRequest } from './select-variant.js';

export interface DeviceToServe {
  readonly device: string;
  readonly facts: DeviceFacts;
}

export interface ChoiceRequest extends Omit<SelectionRequest, 'hardwareClass' | 'unfit'> {
  /** Of the version, of all classes. */
  readonly unfit?: readonly Pick<UnfitVariantView, 'variant' | 'hardwareClass' | 'reason'>[];
}

/** What the devices of one hardware class should run, and why. */
export interface ClassChoice {
  readonly hardwareClass: string;
  /** In the order given. */
  readonly devices: readonly string[];
  readonly selection: Selection;
}

/**
 * The variant of one version for each device, chosen per hardware class from measured profiles. Every device is in exactly
 * one of the classes, which are sorted by name.
 * @param measured of the version, of all classes; the latest per variant, class and source
 */
export function chooseByClass(
  devices: readonly DeviceToServe[],
  measured: readonly MeasuredFigures[],
  request: ChoiceRequest,
): readonly ClassChoice[] {
  const { unfit = [], ...wanted } = request;
  const profiles = mergeProfiles(measured, request.original);
  const classes = new Map<string, string[]>();
  for (const { device, facts } of devices) {
    const hardwareClass = hardwareClassOf(facts);
    const members = classes.get(hardwareClass);
    if (members) members.push(device);
    else classes.set(hardwareClass, [device]);
  }
  return [...classes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hardwareClass, members]) => ({
      hardwareClass,
      devices: members,
      selection: selectVariant(profiles, {
        ...wanted,
        hardwareClass,
        unfit: new Map(
          unfit
            .filter((one) => one.hardwareClass === hardwareClass)
            .map(({ variant, reason: { code, detail } }) => [variant, `${code}: ${detail}`]),
        ),
      }),
    }));
}
