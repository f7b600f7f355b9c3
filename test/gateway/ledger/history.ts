import { setTimeout } from 'node:timers/promises'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { auditLog } from '../../../src/gateway/access/audit-log.js'
import { openLedger } from '../../../src/gateway/ledger/open.js'
import type { WitnessPlace } from '../../../src/gateway/ledger/witnesses.js'
import { Erasing, type ErasingOptions } from '../../../src/gateway/retention/erasing.js'
import { StatementIndex } from '../../../src/gateway/statements/statement-index.js'
import { Holds } from '../../../src/gateway/retention/holds.js'
import { Retention } from '../../../src/gateway/retention/retention.js'
import { Turns } from '../../../src/gateway/retention/turns.js'
import { GatewayMetrics } from '../../../src/gateway/metrics/gateway-metrics.js'
import { recover } from '../../../src/gateway/server/start/recover.js'
import { readCopies } from '../../../src/ledger/copied.js'
import { ensureLedgerKeys, loadLedgerKeys } from '../../../src/ledger/log/key-file.js'
import { StoreSeals } from '../../../src/ledger/seals.js'
import { verifyLedger, type VerifyOptions } from '../../../src/ledger/verify/verify.js'
import type { RetentionLimits } from '../../../src/policy/config/sections/retention.js'
import type { SessionEvent, StartEvent } from '../../../src/recording/events.js'
import { openRecording } from '../../../src/recording/open.js'
import { recordingPath } from '../../../src/recording/paths.js'
import { EventCounter } from '../../../src/recording/counters.js'
import { AuditView } from '../../../src/store/audit-view.js'
import { openStore } from '../../../src/store/open.js'
import { StoredSessionIndex } from '../../../src/store/sessions/session-index.js'
import { tempFolder } from '../../helpers/temp.js'
import { closed, result, start, statement } from '../../recording/sample.js'

/** Where a gateway that is no process keeps what it writes. */
export interface Places {
  readonly root: string
  readonly ledger: string
  readonly recordings: string
  readonly store: string
  readonly keys: string
  readonly copies: string
}

export const placesIn = (root: string): Places => ({
  root,
  ledger: join(root, 'ledger'),
  recordings: join(root, 'recordings'),
  store: join(root, 'hoop.db'),
  keys: join(root, 'keys', 'ledger.json'),
  copies: join(root, 'copies'),
})

const log = pino({ level: 'silent' })

/** The steps that a store goes through take longer than all that happens in it here: they are made once. */
let empty: Promise<Buffer> | undefined

const emptyStore = async (): Promise<Buffer> => {
  await using folder = await tempFolder()
  await (await openStore(`sqlite:${folder.file('hoop.db')}`))[Symbol.asyncDispose]()
  return readFile(folder.file('hoop.db'))
}

/** What writes in a gateway, without its server: recordings, store and ledger are as a gateway's. */
export const openGateway = async (
  at: Places,
  {
    copies = [`file:${at.copies}`],
    witnesses = [],
    rebuild = false,
    most = undefined as bigint | undefined,
  }: {
    readonly copies?: string[]
    readonly witnesses?: readonly WitnessPlace[]
    readonly rebuild?: boolean
    readonly most?: bigint
  } = {},
) => {
  await using stack = new AsyncDisposableStack()
  for (const folder of [at.ledger, at.recordings]) await mkdir(folder, { recursive: true })
  if (!existsSync(at.store)) await writeFile(at.store, await (empty ??= emptyStore()))
  const store = stack.use(await openStore(`sqlite:${at.store}`))
  await ensureLedgerKeys(at.keys, 'gateway.example.com')
  const seals = new StoreSeals(await loadLedgerKeys(at.keys))
  const index = new StoredSessionIndex(store, { seals })
  stack.defer(() => index.close())
  await recover(at.recordings, store, index, log)
  const metrics = new GatewayMetrics()
  const told: string[] = []
  const ledgers = stack.use(
    await openLedger({
      ...{ folder: at.ledger, keys: at.keys, copies, witnesses, store, seals, log, metrics, rebuild, most },
      ...{ version: '0.0.0', recordings: at.recordings, tell: (event) => void told.push(event.text) },
    }),
  )
  const write = auditLog(log, store, ledgers.acts)
  let sessions = 0

  /** A session that is open: what it is told is done as the relay does it. */
  const begin = async (id = `ses_${String(++sessions).padStart(3, '0')}`, more: Partial<StartEvent> = {}) => {
    const time = new Date().toISOString()
    const event: StartEvent = { ...start, session: id, time, ...more }
    const recorder = await ledgers.sessions.begin(await openRecording(at.recordings, event), event)
    const { subject, name, connection, grant: grantId } = event
    const counters = { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0 }
    const policyHash = event.policy.hash
    await index.started({
      id,
      subject,
      name,
      connection,
      grantId,
      ...(event.owner && { owner: event.owner }),
      clientAddress: event.client.address!,
      clientApplication: event.client.application!,
      startedAt: time,
      counters,
      policyHash,
      seenClear: false,
    })
    const counter = new EventCounter()
    let n = 0
    return {
      id,
      recorder,
      run: (count = 1) => {
        for (let done = 0; done < count; done++) {
          for (const said of [statement(++n, `SELECT ${n} -- ${id}`), result(n)]) {
            counter.add(said)
            recorder.record(said)
            recorder.commit()
          }
        }
      },
      refuse: () => {
        const about = { code: 'STATEMENT_BLOCKED', sqlstate: '42501', message: 'no' }
        const said: SessionEvent = { type: 'refusal', at: n, n: ++n, text: 'DROP TABLE customers', ...about }
        counter.add(said)
        recorder.record(said)
        recorder.commit()
      },
      end: async (end: 'closed' | 'killed' = 'closed') => {
        const { lastRefusal: _, ...numbers } = counter.counters
        recorder.close({ ...closed, end, counters: numbers })
        await index.ended(id, { end, endedAt: new Date().toISOString(), counters: counter.counters })
      },
    }
  }
  const { damage } = ledgers
  const removing = { damage, ledger: ledgers.ledger, recordings: at.recordings, db: store.db, log, metrics }
  const turns = new Turns()
  const isInForce = (id: string): boolean => ledgers.ledger.holds.isInForce(id)
  const holds = new Holds({ db: store.db, write, entered: () => ledgers.acts.entered(), isInForce, turns })
  let opened: Promise<StatementIndex> | undefined
  /** Most of what is tried here needs no index. */
  const statements = (): Promise<StatementIndex> =>
    (opened ??= StatementIndex.open({ path: `${at.store}.statements`, recordings: at.recordings, store, log }))
  stack.defer(async () => (await opened)?.[Symbol.asyncDispose]())
  const indexed: ErasingOptions['statements'] = { erase: async (sessions) => (await statements()).erase(sessions) }
  const erasing = new Erasing({ ...removing, write, statements: indexed, turns, isTaken: () => false })
  /** One run of retention, as the background task does it. */
  const retain = async (limits: Partial<RetentionLimits>, isTaken = false): Promise<void> => {
    await using retention = new Retention({
      ...{ ...removing, turns, isTaken: () => isTaken, erasing },
      limits: { age: null, size: null, ...limits },
    })
    await retention.run()
  }
  /** Waits for the copies: they are made by processes of their own, which a busy machine takes its time to start. */
  const copied = async (): Promise<void> => {
    for (let tries = 0; tries < 400 && metrics.ledger.copied < metrics.ledger.size; tries++) await setTimeout(50)
  }
  const owned = stack.move()
  return {
    ...{ store, index, ledgers, metrics, told, write, begin, copied, holds, retain, erasing, statements },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** What a kill at this instant leaves. A file that is just being put in place may vanish under the copying: then once more. */
export const copyOf = async (at: Places, root: string, tries = 5): Promise<Places> => {
  try {
    await cp(at.root, root, { recursive: true })
    return placesIn(root)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 0) throw error
    await rm(root, { recursive: true, force: true })
    return copyOf(at, root, tries - 1)
  }
}

/** As `hoop audit verify` does it offline. */
export const verified = async (
  at: Places,
  more: Partial<VerifyOptions> & { readonly withCopies?: boolean; readonly withKey?: boolean } = {},
) => {
  const { withCopies = false, withKey = true, ...rest } = more
  const keys = await loadLedgerKeys(at.keys)
  const { signers, origin } = keys
  const copies = withCopies && existsSync(at.copies) ? await readCopies(at.copies, origin) : []
  using view = existsSync(at.store) ? new AuditView(at.store, withKey ? StoreSeals.ofAll(keys) : undefined) : undefined
  return await verifyLedger({
    ...{ folder: at.ledger, recordings: at.recordings, store: view, vkey: signers[0].vkey },
    seen: copies.map(({ checkpoint }) => ({ checkpoint, where: 'a copy' })),
    ...rest,
  })
}

export const pathOf = async (at: Places, session: string): Promise<string> => {
  using view = new AuditView(at.store)
  for await (const { id, startedAt } of view.sessions())
    if (id === session) return recordingPath(at.recordings, id, startedAt)
  throw new Error(`no session ${session}`)
}
