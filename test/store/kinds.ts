import { Secret } from '../../src/policy/config/secrets/secret.js'
import { store } from '../../src/policy/config/sections/store.js'
import { storePlace } from '../../src/gateway/upstream/store-place.js'
import { openStore, type Store, type StoreOptions, type StorePlace } from '../../src/store/open.js'
import type { PostgresServer } from '../../src/store/postgres/server.js'
import { freshDatabase } from '../helpers/database.js'
import { tempFolder } from '../helpers/temp.js'

/** Of a store that lies in a file, and of one on a server. */
export type StoreKind = 'sqlite' | 'postgres'
export const kinds: readonly StoreKind[] = ['sqlite', 'postgres']

/** A server as the configuration names it. @param url with the password */
export const serverAt = (url: string): PostgresServer => {
  const { password } = new URL(url)
  const text = url.replace(`:${password}@`, '@')
  const spec = { env: 'STORE' }
  const secret = new Secret({ spec, fetch: () => Promise.resolve(decodeURIComponent(password)) })
  const section = { store: store.parse(text), store_password: spec }
  return storePlace(section, () => secret) as PostgresServer
}

/** Room for one store. */
export interface StoreSpace extends AsyncDisposable {
  readonly place: StorePlace
  open(options?: StoreOptions): Promise<Store>
}

export const newSpace = async (kind: StoreKind): Promise<StoreSpace> => {
  await using stack = new AsyncDisposableStack()
  const place =
    kind === 'sqlite'
      ? `sqlite:${stack.use(await tempFolder()).file('hoop.db')}`
      : serverAt(stack.use(await freshDatabase()).url)
  const owned = stack.move()
  return { place, open: (options) => openStore(place, options), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A new store that takes its space along. */
export const newStore = async (kind: StoreKind, options?: StoreOptions): Promise<Store> => {
  await using stack = new AsyncDisposableStack()
  const space = stack.use(await newSpace(kind))
  const opened = stack.use(await space.open(options))
  const owned = stack.move()
  return { ...opened, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
