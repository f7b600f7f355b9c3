import { dirname, join, resolve } from 'node:path'
import { loadSigningKeys } from '../../identity/keys.js'
import { HoopError } from '../../lib/errors.js'
import { type LoadedConfig, loadConfig } from '../../policy/config/load.js'
import { Secrets } from '../../policy/config/secrets/secrets.js'
import { layout } from '../../gateway/host/layout.js'
import { loadMaskingKeys } from '../../gateway/host/masking-key.js'
import { checkCertificate } from './certificate.js'
import { checkConnections } from './connection.js'
import { checkMaskedColumns } from './masked-columns.js'
import { checkEvents } from './events.js'
import { checkIssuer, checkListen, checkMetrics, checkWorkloads } from './network.js'
import { type CheckResult, step } from './step.js'
import { checkStorage } from './storage.js'

export interface CheckOptions {
  /** Path of `hoop.yaml`. */
  readonly config: string
  readonly env?: NodeJS.ProcessEnv
  /** Of this hoop. */
  readonly version?: string
}

const keys = async (folder: string): Promise<string> => {
  const signing = await loadSigningKeys(join(folder, layout.signingKeys))
  const [{ version }] = loadMaskingKeys(join(folder, layout.maskingKey))
  const former = signing.length > 1 ? ` and ${signing.length - 1} former` : ''
  return `signing key${former} and masking key, version ${version}, are there, for their owner only`
}

/**
 * Tries everything that a gateway needs, one after the other, and gives each result as it comes. Changes nothing. What
 * depends on a configuration that can't be read is left out.
 */
export async function* checkGateway({ config: path, env, version }: CheckOptions): AsyncGenerator<CheckResult> {
  let loaded: LoadedConfig | undefined
  let missing: HoopError | undefined
  /** What commands said about their failure: whoever checks runs the gateway. */
  const said: string[] = []
  const secrets = new Secrets({
    env,
    folder: dirname(resolve(path)),
    told: ({ place, failure }) => void (failure?.stderr && said.push(`${place} said: ${failure.stderr}`)),
  })
  yield await step('configuration', async () => {
    try {
      loaded = await loadConfig(path, env, secrets)
    } catch (error) {
      if (!(error instanceof HoopError) || error.code !== 'SECRET_MISSING') throw error
      missing = error
      return path
    }
    return loaded.warnings.length > 0 ? { warning: loaded.warnings.join('\n') } : path
  })
  const absent = missing
  if (absent)
    yield await step('secrets', () => {
      throw absent
    })
  if (!loaded) return
  const current = loaded
  const { gateway, identity } = current.config
  yield await step('secrets', async () => {
    const missing = await current.missing()
    if (missing.length > 0)
      throw new HoopError('SECRET_MISSING', `\n${missing.join('\n')}`, {
        ...(said.length > 0 && { detail: said.join('\n') }),
      })
    return current.secrets === 0 ? 'none are named' : `${current.secrets} present`
  })
  yield await step('keys', () => keys(dirname(path)))
  yield await checkListen(gateway)
  yield* checkMetrics(gateway)
  yield* checkCertificate(gateway)
  yield await checkIssuer(identity)
  yield* checkWorkloads(identity)
  yield* checkConnections(current)
  yield await step('masked columns', () => checkMaskedColumns(current))
  yield* checkStorage(gateway, (spec) => secrets.of(spec), version)
  yield* checkEvents(gateway, (spec) => secrets.of(spec).read())
}
