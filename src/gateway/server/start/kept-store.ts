import type { Logger } from 'pino'
import { HoopError } from '../../../lib/errors.js'
import { nameOf, openStore, type Queried, type Store, type StorePlace } from '../../../store/open.js'
import type { PostgresServer } from '../../../store/postgres/server.js'
import { takeStore } from '../../../store/postgres/tenancy.js'
import { lockStore } from '../../host/lock.js'
import { placeOf } from '../../host/place.js'

/** A store that this gateway has for itself alone. */
export interface KeptStore extends AsyncDisposable {
  readonly store: Store
  /** Path of the index of statements. */
  readonly statements: string
  /** What has to stay the files that they are. */
  readonly files: readonly string[]
  /** Resolves, with why, when the store has to be taken for another's. */
  readonly lost: Promise<HoopError>
  /** @throws {HoopError} STORE_FAILED where it isn't certain that no other gateway has it */
  assert(): void
}

interface Opening {
  /** Folder, which this gateway holds. */
  readonly recordings: string
  readonly version: string
  readonly queried: Queried
  readonly log: Logger
}

const never = new Promise<never>(() => undefined)

const openFile = async (place: string, { version, queried }: Opening): Promise<KeptStore> => {
  await using stack = new AsyncDisposableStack()
  const path = nameOf(place)
  const lock = stack.use(lockStore(path))
  const store = stack.use(await openStore(place, { version, queried }))
  const owned = stack.move()
  return {
    ...{ store, statements: `${path}.statements`, files: [lock.path, path], lost: never, assert: () => undefined },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The index of statements is made of recordings, and lies with them. */
const openOnServer = async (
  server: PostgresServer,
  { recordings, version, queried, log }: Opening,
): Promise<KeptStore> => {
  await using stack = new AsyncDisposableStack()
  const tenancy = stack.use(
    await takeStore(server, {
      place: placeOf(recordings),
      waits: (ms) =>
        log.warn(
          { seconds: Math.ceil(ms / 1000) },
          'another gateway had the store and did not say that it ended: waiting until it must have',
        ),
    }),
  )
  const store = stack.use(await openStore(server, { version, queried }))
  await tenancy.enter()
  const owned = stack.move()
  const writable = async () => {
    tenancy.assert()
    await store.writable()
  }
  return {
    ...{ store: { ...store, writable }, statements: `${recordings.replace(/\/+$/, '')}.statements`, files: [] },
    ...{ lost: tenancy.lost, assert: () => tenancy.assert() },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/**
 * Opens a store for this gateway alone, and brings it up to date.
 * @throws {HoopError} GATEWAY_RUNNING, STORE_FAILED, STORE_NEWER
 */
export const openKept = (place: StorePlace, opening: Opening): Promise<KeptStore> =>
  typeof place === 'string' ? openFile(place, opening) : openOnServer(place, opening)
