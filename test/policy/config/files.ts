import { writeFile } from 'node:fs/promises'
import { loadConfig, type LoadedConfig } from '../../../src/policy/config/load.js'
import { HoopError } from '../../../src/lib/errors.js'
import { tempFolder } from '../../helpers/temp.js'

export const minimal = `gateway:
  url: https://gateway.example.com:8443
  tls: { cert: tls/cert.pem, key: tls/key.pem }
identity:
  issuer: https://login.example.com
  client_id: hoop-cli
connections:
  vectordb:
    url: postgres://app@db.internal/vectors?sslmode=verify-full
    password: env:VECTORDB_PASSWORD
    access:
      - groups: [ml-eng, contractors]
        policy: research
policies:
  research:
    clear_for: [dpo]
    masks:
      - { columns: [public.customers.email], with: email }
      - { columns: [public.customers.ssn], with: { keep_last: 4 } }
      - { columns: [public.customers.born], with: null }
      - { columns: [public.documents.embedding] }
    rules:
      - { name: no-drop, when: { statement: [drop, truncate] }, do: block }
`

export const environment = { VECTORDB_PASSWORD: 'swordfish' }

/** Loads a file of that text from a folder of its own. */
export const load = async (text: string, env: NodeJS.ProcessEnv = environment): Promise<LoadedConfig> => {
  await using folder = await tempFolder()
  await writeFile(folder.file('hoop.yaml'), text)
  return await loadConfig(folder.file('hoop.yaml'), env)
}

/** What is wrong with a file, as `line:column: …`, without the folder's path. */
export const problems = async (text: string, env: NodeJS.ProcessEnv = environment): Promise<string[]> => {
  try {
    await load(text, env)
    return []
  } catch (error) {
    if (!(error instanceof HoopError)) throw error
    const [first, ...lines] = error.message.split('\n')
    return [`${error.code} ${first}`, ...lines.map((line) => line.replace(/^.*hoop\.yaml:(\d+:\d+: )/, '$1'))]
  }
}
