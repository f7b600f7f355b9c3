/** The `options` of a StartupMessage by which the server gets them: as settings, whatever they are called. */
export const optionsOf = (asked: ReadonlyMap<string, string>): string =>
  [...asked].map(([name, value]) => `-c ${`${name}=${value}`.replace(/[\\\s]/g, '\\$&')}`).join(' ')
