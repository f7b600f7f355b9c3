import { afterAll, describe } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { onSecondServer } from '../helpers/pgvector.js'
import { readCorpus } from './corpus.js'
import { libraryWith } from './distance-schema.js'
import { closePglites, openPglite } from './pglite.js'
import { attempts } from './suite.js'
import { openWorlds } from './world.js'

afterAll(closePglites)

describe.for(['compare', 'show'] as const)('under distances: %s', (right) => {
  attempts({
    corpus: readCorpus((file) => file === `distances-${right}.sql`),
    open: (guarded) => openWorlds(libraryWith(right), onSecondServer() ? freshDatabase : openPglite, guarded),
    oneByOne: true,
    // PGlite takes its time: the others are tried on the second server, and here under `hide`.
    ...(!onSecondServer() && { in: ['simple', 'extended, binary', 'cursor', 'COPY'] }),
  })
})
