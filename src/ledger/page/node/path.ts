/** Stands in for `node:path` where the verification runs in a browser. */
export const join = (...parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .join('/')
    .replaceAll(/\/+/g, '/')
export const dirname = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
export const basename = (path: string, ending = ''): string => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.endsWith(ending) ? name.slice(0, name.length - ending.length) : name
}
