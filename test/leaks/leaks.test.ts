import { describe } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { servers } from '../helpers/postgres/servers.js'
import { whole } from '../helpers/suite/whole.js'
import { readCorpus } from './corpus.js'
import { crossed } from './crossed.js'
import { shop } from './schema.js'
import { attempts } from './suite.js'
import { openWorlds } from './world.js'

describe.for(servers())('on %s', ([, url]) => {
  attempts({
    corpus: [...readCorpus((file) => !/^(vector|distance)/.test(file)), ...(whole ? crossed() : [])],
    open: (guarded) => openWorlds(shop, () => freshDatabase(url), guarded),
  })
})
