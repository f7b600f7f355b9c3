import { createHash } from 'node:crypto'

/** JSON with sorted keys and without undefined members: equal content gives equal text. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

/** SHA-256 of the canonical form, hex. */
export const contentHash = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex')
