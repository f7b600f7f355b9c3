import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { everybody, type Fault } from '../fault.js'
import { makeReadOnly, makeWritable } from '../read-only.js'
import type { World } from '../world.js'

const locks = new WeakMap<World, DatabaseSync>()

export const ofStore: readonly Fault[] = [
  {
    name: 'store locked by another process',
    kind: 'store',
    hurt: {},
    newcomer: ['STORE_FAILED', 'FATAL 58030 STORE_FAILED'],
    inject: async (world) => {
      const other = new DatabaseSync(world.store)
      other.exec('BEGIN EXCLUSIVE')
      locks.set(world, other)
    },
    mend: async (world) => locks.get(world)?.close(),
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
    inject: async ({ store }) => {
      const { length } = await readFile(store)
      await copyFile(store, `${store}.copy`)
      await writeFile(store, Buffer.alloc(length, 'garbage '))
    },
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
