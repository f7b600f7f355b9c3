import { readFile, writeFile } from 'node:fs/promises'
import { inject } from 'vitest'
import { type Answers, parseDatabaseUrl } from '../../src/operator/init/answers.js'
import { initializeGateway } from '../../src/operator/init/init.js'
import { type TempFolder, tempFolder } from './temp.js'

export interface GatewayFolder extends TempFolder {
  /** Path of hoop.yaml. */
  readonly config: string
  /** Changes the text of hoop.yaml. */
  edit(from: string | RegExp, to: string): Promise<void>
}

/** A folder as `hoop gateway init` leaves it, for the suite's own server and an issuer. */
export const gatewayFolder = async (over: Partial<Answers> = {}): Promise<GatewayFolder> => {
  const folder = await tempFolder()
  const database = `${inject('databaseUrl')}?sslmode=verify-full&sslrootcert=${inject('caFile')}`
  await initializeGateway(folder.path, {
    url: 'https://localhost:8443',
    listen: '127.0.0.1:0',
    issuer: 'http://127.0.0.1:9',
    clientId: 'hoop-cli',
    group: 'hoop-users',
    connection: { name: 'vectordb', ...parseDatabaseUrl(database) },
    ...over,
  })
  const config = folder.file('hoop.yaml')
  return {
    ...folder,
    config,
    edit: async (from, to) => {
      const before = await readFile(config, 'utf8')
      const after = before.replace(from, to)
      if (after === before) throw new Error(`hoop.yaml has no ${from}`)
      await writeFile(config, after)
    },
  }
}
