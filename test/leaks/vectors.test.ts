import { afterAll } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { onSecondServer } from '../helpers/pgvector.js'
import { readCorpus } from './corpus.js'
import { closePglites, openPglite } from './pglite.js'
import { attempts } from './suite.js'
import { library } from './vector-schema.js'
import { openWorlds } from './world.js'

afterAll(closePglites)

attempts({
  corpus: readCorpus((file) => file.startsWith('vector')),
  open: (guarded) => openWorlds(library, onSecondServer() ? freshDatabase : openPglite, guarded),
  oneByOne: true,
})
