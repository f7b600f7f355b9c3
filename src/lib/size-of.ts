/** Of an object with its header and map, and of one field or element, on a 64-bit machine. Bytes, about. */
const OBJECT = 40
const FIELD = 16

/**
 * What a tree of plain values holds in memory, about: enough for a bound. What is in it twice counts once. What stands in
 * `Map` and `Set` counts too; functions don't.
 */
export const sizeOf = (root: unknown): number => {
  const seen = new Set<object>()
  const open: unknown[] = [root]
  let bytes = 0
  const add = (value: unknown): void => {
    bytes += FIELD
    open.push(value)
  }
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') bytes += value.length
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    bytes += OBJECT
    if (ArrayBuffer.isView(value)) bytes += value.byteLength
    else if (value instanceof Map) for (const [key, each] of value) [key, each].forEach(add)
    else if (value instanceof Set || Array.isArray(value)) value.forEach(add)
    else for (const each of Object.values(value)) add(each)
  }
  return bytes
}
