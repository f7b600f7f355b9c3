import { dirname, join, resolve } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { LoadedConfig } from '../../../policy/config/load.js'
import type { SecretSpec } from '../../../policy/config/sections/secret.js'
import { createRuntimes, type Runtimes } from '../../session/runtimes.js'
import { Quarantine } from '../../quarantine/quarantine.js'
import { layout } from '../../host/layout.js'
import type { HoopError } from '../../../lib/errors.js'
import { forClients } from '../../../lib/readers.js'
import { watchFiles } from './configuration/watch.js'
import { Events } from '../../events/events.js'
import type { GatewayLedger } from '../../ledger/ledger.js'
import { withNotices } from '../../ledger/notices.js'
import { createWebhooks } from '../../webhooks/webhooks.js'
import { openCertificate } from './certificate.js'
import { openConfiguration } from './configuration/configuration.js'
import { type KeysInForce, openKeys } from './keys.js'
import { rememberedSecrets } from './secrets.js'
import { drain } from './drain.js'
import { CatalogSources } from '../../upstream/catalog/catalog-source.js'
import { LoginWatch } from '../../upstream/login-watch.js'
import { databasesOf } from '../../upstream/target.js'
import { KnownNames } from '../../../store/known-names.js'
import { Accesses } from '../../access/accesses.js'
import { auditLog, type WriteAudit } from '../../access/audit-log.js'
import { ThreadAnalyst } from '../../analyst/analyst.js'
import { guardMaker } from '../../session/guards.js'
import { parseAddress } from '../../host/listen.js'
import { GatewayMetrics } from '../../metrics/gateway-metrics.js'
import { giveOutMetrics } from './metrics.js'
import { type NoteConfiguration, noteConfiguration } from './configuration/note-configuration.js'
import { serve } from './serve.js'
import { openState } from './state.js'

/** How long a start or reload may wait to see whether the databases can be used, milliseconds. */
const patience = 5_000

export interface GatewayOptions {
  /** Path of `hoop.yaml`; keys are looked for beside it. */
  readonly config: string
  /** `host:port` in place of the configuration's; with port 0 the system chooses. */
  readonly listen?: string | undefined
  readonly version: string
  readonly log: Logger
  /** Where `env:NAME` secrets are; default: the process's environment. */
  readonly env?: NodeJS.ProcessEnv
}

export interface Gateway {
  /** What clients use: the configuration's URL, with the port that the gateway got where the system chose it. */
  readonly url: string
  /** `drain:` of the configuration, milliseconds. */
  readonly drain: number
  /** Resolves when its lock or its store is another's or nobody's, and all sessions have ended: it is to be closed then. */
  readonly lost: Promise<HoopError>
  /** Takes up configuration, policies and certificate anew. Never throws. */
  reload(): Promise<void>
  /**
   * Stops: nothing new begins, live sessions get `drainMs` milliseconds and are then ended with SQLSTATE 57P01. A second
   * call with 0 ends the wait. Resolves when everything is closed.
   */
  close(drainMs: number): Promise<void>
}

/**
 * Starts a gateway.
 * Starts where its own parts work; a connection that can't be used is quarantined.
 * @throws {HoopError} CONFIG_*, SECRET_MISSING, STORE_FAILED, RECORDING_FAILED, LEDGER_FAILED, LEDGER_DAMAGED, GATEWAY_RUNNING, PORT_IN_USE
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { log, version, config: path, env } = options
  await using stack = new AsyncDisposableStack()
  const beside = (name: string) => join(dirname(path), name)
  const listenOn = options.listen === undefined ? undefined : parseAddress(options.listen)

  const metrics = new GatewayMetrics()
  /** What isn't there yet when the configuration is read for the first time. */
  const later: {
    names?: KnownNames
    quarantine?: Quarantine
    note?: NoteConfiguration
    audit?: WriteAudit
    keys?: KeysInForce
    regroup?: () => Promise<void>
    ledger?: GatewayLedger
  } = {}
  const catalogs = stack.use(new CatalogSources(log, () => later.names))
  let analyst: ThreadAnalyst | undefined
  let runtimes: Runtimes | undefined
  let review = (): void => undefined
  const accesses = new Accesses(() => review())
  /** Sessions that come meanwhile wait for the connection that they ask for. */
  const quarantined = async (loaded: LoadedConfig): Promise<void> => {
    // What the store remembers decides; when the gateway starts it isn't open yet.
    if (!later.quarantine) return
    const late = new AbortController()
    const over = after(patience, undefined, { signal: late.signal, ref: false }).catch(() => undefined)
    await Promise.race([later.quarantine.adopt(loaded), over])
    late.abort()
  }
  const paths = {
    signing: beside(layout.signingKeys),
    masking: beside(layout.maskingKey),
    ledger: beside(layout.ledgerKeys),
  }
  const secrets = rememberedSecrets(dirname(resolve(path)), env, log)
  const configuration = await openConfiguration({
    ...{ path, log, secrets, ...(env && { env }) },
    inForce: async (loaded) => {
      await later.regroup?.()
      await later.note?.(loaded)
    },
    reloaded: (takenUp) => (metrics.reloadFailed = !takenUp),
    adopt: async (loaded) => {
      // Behind the configuration: without one there is no gateway here whose keys could be missing.
      const keys = (later.keys ??= await openKeys(paths, log, async (act) => later.audit?.(act)))
      // A change of its limits takes a restart.
      analyst ??= stack.use(
        new ThreadAnalyst({ limits: loaded.config.gateway.limits.analysis, metrics: metrics.analyst, log }),
      )
      const statements = loaded.config.gateway.limits.statements_per_query
      const guards = guardMaker({ maskingKey: keys.masking, catalogs, log, statements, analyst })
      runtimes = createRuntimes(
        loaded,
        guards,
        () => later.quarantine!,
        (...of) => accesses.of(...of),
      )
      review()
      await quarantined(loaded)
    },
  })
  const { gateway } = configuration.current.config
  const keys = later.keys!
  const certificate = stack.use(openCertificate(gateway.tls, log))
  const secret = (spec: SecretSpec) => secrets.of(spec).read()
  const posted = stack.use(
    createWebhooks({ hooks: gateway.webhooks, secret, log, undelivered: () => metrics.webhooksUndelivered++ }),
  )
  const webhooks = withNotices(posted, () => later.ledger)
  // Closed behind the ledger, so that its last leaf is told too.
  const events = stack.use(new Events({ targets: gateway.events, secret, log, metrics }))
  const state = stack.use(
    await openState(gateway, (spec) => secrets.of(spec), webhooks, metrics, log, version, paths.ledger),
  )
  const { ledger } = state.ledgers
  later.ledger = ledger
  await events.begin({ ledger, recordings: state.recordings, db: state.store.db })
  const names = (later.names = new KnownNames(state.store))
  stack.defer(() => names.settled())
  const audit = (later.audit = auditLog(log, state.store, state.ledgers.acts))
  later.note = noteConfiguration({ db: state.store.db, ledger, write: audit, log })
  await later.note(configuration.current)
  const quarantine = (later.quarantine = stack.use(new Quarantine({ catalogs, webhooks, log })))
  await quarantined(configuration.current)
  const usable = () => {
    const { current } = configuration
    return Object.keys(current.config.connections).flatMap((connection) => {
      const [database] = databasesOf(current, connection)
      return quarantine.usable(connection).map((target) => ({ connection, target, database }))
    })
  }
  const served = await serve({
    ...{ version, log, configuration, certificate, webhooks, metrics },
    limits: () => gateway.limits,
    staleSecrets: () => secrets.concerns,
    runtimes: () => runtimes!,
    quarantine,
    signingKeys: () => keys.signing,
    ...{ state, audit, accesses },
    address: listenOn ?? parseAddress(gateway.listen),
  })
  stack.use(served)
  review = () => served.review()
  later.regroup = () => served.regroup()
  // The configuration may have left the groups to the directory while the gateway was down.
  await served.regroup()
  const logins = stack.use(new LoginWatch({ ...{ log, webhooks }, addresses: gateway.addresses, connections: usable }))
  const shown = { metrics, served, quarantine, configuration, certificate, logins }
  stack.use(await giveOutMetrics({ version, log, ...shown, keys: paths }))

  const unwatched = (err: unknown) => log.warn({ err }, 'changes of files are not seen; send SIGHUP after a change')
  const reloadCertificate = () => certificate.reload(served.server)
  stack.use(watchFiles([path], () => void configuration.reload(), unwatched))
  /** Sessions that begin from now on mask by the newest key; those that are open keep theirs. */
  const takeUpKeys = async () => ((await keys.reload()) ? configuration.reload() : undefined)
  stack.use(watchFiles([paths.signing, paths.masking], () => void takeUpKeys(), unwatched))
  stack.use(watchFiles([paths.ledger], () => void state.ledgers.ledger.reloadKeys(), unwatched))
  stack.use(watchFiles([gateway.tls.cert, gateway.tls.key], reloadCertificate, unwatched))

  const lost = state.held.lost.then(async (error) => {
    log.fatal({ err: error }, 'recordings and store are no longer where they were: all sessions are ended')
    await served.registry.endAll(forClients(error), 'failed')
    return error
  })

  const owned = stack.move()
  const hurry = new AbortController()
  let closing: Promise<void> | undefined
  const close = async (ms: number): Promise<void> => {
    served.drain()
    await drain(served.registry, ms, hurry.signal, log)
    await owned.disposeAsync()
  }
  return {
    url: served.url,
    drain: gateway.drain,
    lost,
    reload: async () => {
      reloadCertificate()
      await keys.reload()
      await state.ledgers.ledger.reloadKeys()
      await configuration.reload()
    },
    close: (ms) => {
      if (ms <= 0) hurry.abort()
      return (closing ??= close(ms))
    },
  }
}
