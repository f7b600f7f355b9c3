import { z } from 'zod'
import { readUpstreamUrl, type UpstreamUrl } from './upstream-url.js'

/** Where the gateway keeps its state. */
export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: UpstreamUrl & { readonly database: string } }

const read = (text: string): StoreConfig | string => {
  const path = /^sqlite:(.+)$/s.exec(text)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path }
  if (!/^postgres(ql)?:/.test(text)) return 'sqlite:PATH or postgres://user@host/database'
  const url = readUpstreamUrl(text, 'store_password')
  if (typeof url === 'string') return url
  const { database, attributes } = url
  if (database === undefined) return 'a database in the URL: postgres://user@host/database'
  if (attributes !== undefined) return 'a URL without target_session_attrs: a store is on the server that takes writes'
  return { kind: 'postgres', url: { ...url, database } }
}

/** `sqlite:PATH`, or `postgres://user@host:port/database?sslmode=…` as connections have it. */
export const store = z.string().transform((text, context): StoreConfig => {
  const found = read(text)
  if (typeof found !== 'string') return found
  context.addIssue({ code: 'custom', message: found, input: text })
  return z.NEVER
})
