/**
 * What the X.509 library's dependency injection asks of `Reflect` and Node doesn't have: three of the metadata
 * proposal's functions. Loaded before the library; does nothing where a fuller polyfill is there.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>()

const own = (key: unknown, target: object): unknown => metadata.get(target)?.get(key)

const inherited = (key: unknown, target: object | null): unknown =>
  target === null ? undefined : (own(key, target) ?? inherited(key, Object.getPrototypeOf(target) as object | null))

const define = (key: unknown, value: unknown, target: object): void => {
  const entries = metadata.get(target) ?? new Map<unknown, unknown>()
  metadata.set(target, entries.set(key, value))
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata: inherited, getOwnMetadata: own, defineMetadata: define })
}
