import { once } from 'node:events'
import { join } from 'node:path'
import { executable } from './command.js'
import type { Scene } from './scene.js'
import { logIn } from './steps/login.js'
import { searchFile } from './steps/search.js'

/** Keeps everything running for whoever wants to play, until Ctrl-C. */
export const stay = async (scene: Scene, signal: AbortSignal): Promise<void> => {
  const { printer, folder } = scene
  printer.heading('An administrator logs in', 'Olu runs the platform: he sees who is there, and can shut them out.')
  await logIn(scene, 'olu')
  const connect = scene.start('casey', ['connect', 'vectordb', '--json'])
  const listening = /^\{"event":"listening".*\}$/m
  const [line] = await connect.until(listening, AbortSignal.any([signal, AbortSignal.timeout(15_000)]))
  const { dsn } = JSON.parse(line) as { dsn: string }
  const as = (person: string): string => `  export HOOP_HOME=${join(folder, 'home', person)}`
  const say = (...lines: readonly string[]): void => printer.words(lines.join('\n'))
  printer.heading('Now you', 'Everything keeps running until Ctrl-C. All of it can be copied into another terminal.')
  say('As Casey, with any client:', `  psql '${dsn}'`, `  psql '${dsn}' -f ${join(folder, searchFile)}`, '')
  say('With hoop:', `  alias hoop='${process.execPath} ${executable}'; export HOOP_KEYRING=file`, as('casey'))
  say(`  hoop exec vectordb "SELECT * FROM customers LIMIT 5"`, '')
  say('A change waits for an approval. As Ines, in a terminal of her own (with the alias), and then as Casey:')
  say(as('ines'), '  hoop approvals watch')
  say(`  psql '${dsn}' -c "UPDATE customers SET plan = 'Free' WHERE id = 1"`, '')
  say('As Olu, the administrator, while a psql of Casey’s is open:', as('olu'))
  say('  hoop people list', '  hoop people show casey', '  hoop sessions list --live')
  say(`  hoop sessions kill --person casey --reason "a try"`)
  say(`  hoop people revoke casey --reason "a try"`, '  hoop people restore casey', '')
  say(`To be somebody else: hoop login ${scene.url} --ca ${join(folder, 'tls', 'ca.pem')}`)
  say(`The policy is in ${join(folder, 'hoop.yaml')}; change it and the gateway takes it up.`)
  say(
    'This database has one process: while a session is in a transaction or has a temporary table, the others wait for it, and are told.',
  )
  if (!signal.aborted) await once(signal, 'abort')
}
