/** Seconds by which the clocks of a client, the identity provider and the gateway may differ. */
export const clockTolerance = 60
