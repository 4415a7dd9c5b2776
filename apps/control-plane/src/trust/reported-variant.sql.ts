/**
 * The variant of one model that a device, `d`, reports to run, as its fleet's registry knows it: columns `version_id` and
 * `name`, in a lateral join. The result may be signed for the device, and only the device says what it runs: so it is
 * always a version that somebody released, even if it was retired since.
 *
 * @param model SQL of the model's name
 */
export const reportedVariant = (model: string): string => `
  SELECT x.version_id, x.name
  FROM device_slots s
  JOIN known_variants x ON x.bundle_sha256 = s.bundle_sha256
  JOIN known_versions y ON y.id = x.version_id AND y.fleet = d.fleet AND y.released_at IS NOT NULL
                        AND y.model = s.model
  WHERE s.device = d.id AND s.slot = 'current' AND s.model = ${model}`;
