/**
 * An approval is for what is run, not for the name that it goes by, nor for what other tables go by the same names.
 * @param named texts that it runs by a name
 * @param path the search_path, where it is not the usual one
 */
export const inFull = (text: string, named: readonly string[], path?: string): string =>
  [text, ...new Set(named)].join('\n-- by that name:\n') + (path === undefined ? '' : `\n-- search_path: ${path}`)
