/** Where a service has the device's state unless told otherwise. */
export const USUAL_STATE_FOLDER = '/var/lib/hamon-agent';
