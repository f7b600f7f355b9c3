import { describe } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { servers } from '../helpers/postgres/servers.js'
import { readCorpus } from './corpus.js'
import { shop } from './schema.js'
import { attempts } from './suite.js'
import { openWorlds } from './world.js'

describe.for(servers())('on %s', ([, url]) => {
  attempts({
    corpus: readCorpus((file) => !/^(vector|distance)/.test(file)),
    open: (guarded) => openWorlds(shop, () => freshDatabase(url), guarded),
  })
})
