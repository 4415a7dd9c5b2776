/**
 * The variant that a device, `d`, says it runs, as the registry of its fleet knows it: columns `version_id`, `name` and
 * `model`, in a lateral join. What is found may be signed for the device, and the device alone says what it runs: only a
 * version that somebody released, be it retired since, is ever found.
 */
export const REPORTED_VARIANT = `
  SELECT x.version_id, x.name, y.model
  FROM device_slots s
  JOIN known_variants x ON x.bundle_sha256 = s.bundle_sha256
  JOIN known_versions y ON y.id = x.version_id AND y.fleet = d.fleet AND y.released_at IS NOT NULL
  WHERE s.device = d.id AND s.slot = 'current'`;
