import { once } from 'node:events'
import { join } from 'node:path'
import { executable } from './command.js'
import type { Scene } from './scene.js'
import { searchFile } from './steps/search.js'

/** Keeps everything running for whoever wants to play, until Ctrl-C. */
export const stay = async (scene: Scene, signal: AbortSignal): Promise<void> => {
  const connect = scene.start('casey', ['connect', 'vectordb', '--json'])
  const listening = /^\{"event":"listening".*\}$/m
  const [line] = await connect.until(listening, AbortSignal.any([signal, AbortSignal.timeout(15_000)]))
  const { dsn } = JSON.parse(line) as { dsn: string }
  const { printer } = scene
  printer.heading('Now you', 'Everything keeps running until Ctrl-C.')
  printer.words('As Casey, with any client:')
  printer.words(`  psql '${dsn}'`)
  printer.words(`  psql '${dsn}' -f ${join(scene.folder, searchFile)}`)
  printer.words('\nWith hoop, in another terminal:')
  printer.words(`  alias hoop='${process.execPath} ${executable}'`)
  printer.words(`  export HOOP_KEYRING=file HOOP_HOME=${join(scene.folder, 'home', 'casey')}   (or …/ines)`)
  printer.words(`  hoop exec vectordb "SELECT * FROM customers LIMIT 5"`)
  printer.words('\nA change waits for an approval. As Ines, in a terminal of her own, and then as Casey:')
  printer.words('  hoop approvals watch')
  printer.words(`  psql '${dsn}' -c "UPDATE customers SET plan = 'Free' WHERE id = 1"`)
  printer.words(`\nTo be somebody else: hoop login ${scene.url} --ca ${join(scene.folder, 'tls', 'ca.pem')}`)
  printer.words(`The policy is in ${join(scene.folder, 'hoop.yaml')}; change it and the gateway takes it up.`)
  if (!signal.aborted) await once(signal, 'abort')
}
