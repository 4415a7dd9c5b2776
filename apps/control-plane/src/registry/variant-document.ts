import { goldenFor, ORIGINAL_VARIANT, type BundleDocument, type BundleVariant } from '@hamon/contracts';

/**
 * The `bundle.json` that a device gets for one variant: this variant alone, with the golden samples that apply to it.
 */
export function variantDocument(bundle: BundleDocument, { name, file }: BundleVariant): BundleDocument {
  const { golden: _, variants: __, ...rest } = bundle;
  const golden = [...goldenFor(bundle, name)];
  // The bundle's own list is that of the original (`goldenFor`).
  return name === ORIGINAL_VARIANT
    ? { ...rest, variants: [{ name, file }], golden }
    : { ...rest, variants: [{ name, file, golden }] };
}

/** Every file that a document names, once each, without `bundle.json` itself. */
export function filesOf(bundle: BundleDocument): string[] {
  const golden = [...(bundle.golden ?? []), ...bundle.variants.flatMap((variant) => variant.golden ?? [])];
  const paths = [...bundle.variants.map(({ file }) => file), ...golden.map(({ file }) => file)];
  return [...new Set(bundle.baseline === undefined ? paths : [...paths, bundle.baseline])];
}
