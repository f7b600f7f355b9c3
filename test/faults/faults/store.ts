import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { everybody, type Fault } from '../fault.js'
import { goOn, hang } from '../hanging-disk.js'
import { makeReadOnly, makeWritable } from '../read-only.js'
import type { World } from '../world.js'

const locks = new WeakMap<World, DatabaseSync>()

const refused = ['STORE_FAILED', 'FATAL 58030 STORE_FAILED']

/** A copy of what was there is kept. */
const overwrite = async (store: string): Promise<void> => {
  const { length } = await readFile(store)
  await copyFile(store, `${store}.copy`)
  await writeFile(store, Buffer.alloc(length, 'garbage '))
}

export const ofStore: readonly Fault[] = [
  {
    name: 'store locked by another process',
    kind: 'store',
    hurt: {},
    newcomer: refused,
    inject: async (world) => {
      const other = new DatabaseSync(world.store)
      other.exec('BEGIN EXCLUSIVE')
      locks.set(world, other)
    },
    mend: async (world) => locks.get(world)?.close(),
  },
  {
    name: 'disk of the store full',
    kind: 'store',
    needs: 'mounts',
    disk: 'store',
    hurt: {},
    newcomer: refused,
    inject: async ({ disk }) => disk?.fill(),
    mend: async ({ disk }) => disk?.makeRoom(),
  },
  {
    name: 'disk of the store that hangs',
    kind: 'store',
    needs: 'cc',
    hurt: {},
    newcomer: refused,
    inject: ({ kept }) => hang(kept),
    mend: ({ kept }) => goOn(kept),
  },
  {
    name: 'store overwritten with garbage under a running gateway',
    kind: 'store',
    // Nothing mends it but a copy and a start, which drains.
    hurt: everybody(['nothing', 'FATAL 57P01 SESSION_KILLED', 'connection lost']),
    // It is noticed when what is damaged is read.
    newcomer: ['let in', ...refused],
    inject: ({ store }) => overwrite(store),
    mend: async ({ gateway, store }) => {
      await gateway.end()
      for (const each of ['-wal', '-shm']) await rm(`${store}${each}`, { force: true })
      await copyFile(`${store}.copy`, store)
      await gateway.restart()
    },
  },
  {
    name: 'store read-only at the start',
    kind: 'store',
    needs: 'mounts',
    hurt: {},
    stopped: { status: 74, code: 'STORE_FAILED' },
    inject: ({ store }) => makeReadOnly(dirname(store)),
    mend: ({ store }) => makeWritable(dirname(store)),
  },
  {
    name: 'store overwritten with garbage',
    kind: 'store',
    hurt: {},
    stopped: { status: 74, code: 'STORE_FAILED' },
    inject: ({ store }) => overwrite(store),
    mend: ({ store }) => copyFile(`${store}.copy`, store),
  },
  {
    name: 'store deleted',
    kind: 'store',
    hurt: everybody('FATAL 58030 STORE_FAILED'),
    exit: 74,
    inject: ({ store }) => rm(store),
  },
]
