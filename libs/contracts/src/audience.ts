/** The `aud` of a device's token for the fleet's MQTT broker. */
export const brokerAudience = (fleet: string): string => `hamon:${fleet}:broker`;
/** The `aud` of a device's token for the HTTP API. */
export const apiAudience = (fleet: string): string => `hamon:${fleet}:api`;
/** The `aud` of the proof that an enrolling device owns its key; the device does not know the fleet yet. */
export const ENROLMENT_AUDIENCE = 'hamon:enrolment';
/** Longest lifetime of a device's token. */
export const MAX_DEVICE_TOKEN_SECONDS = 3600;
