import { connect } from 'node:net'
import { Client } from 'pg'
import { pino } from 'pino'
import { auditLog } from '../../../src/gateway/access/audit-log.js'
import { Approvals } from '../../../src/gateway/approvals/approvals.js'
import { statementHash } from '../../../src/gateway/approvals/binding.js'
import type { Person } from '../../../src/gateway/approvals/rights.js'
import type { WebhookEvent } from '../../../src/gateway/webhooks/message.js'
import type { Approval, StatementMeaning } from '../../../src/lib/api/approvals.js'
import { DenyList } from '../../../src/identity/deny-list.js'
import { HoopError } from '../../../src/lib/errors.js'
import type { ApprovalRule, Asker, Decision, Guard } from '../../../src/policy/decision.js'
import { openStore, type Store } from '../../../src/store/open.js'
import { cancelRequest, startupMessage } from '../../../src/wire/startup.js'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { tempFolder } from '../../helpers/temp.js'
import { relayServer, type RelayServer, type RelayServerOptions } from '../relay/relay-server.js'
import { WireClient } from '../relay/wire-client.js'

export const dana: Person = { subject: 'dana', name: 'Dana', groups: ['dba'] }

const facts = { kind: 'select', kinds: ['select'], reads: [], writes: [], scrub: false, ddl: false } as const

/** The part of a standing approval that says what for. */
export const meant = ({ url }: { readonly url: string }, text: string, more: Partial<StatementMeaning> = {}) => {
  const meaning = { user: decodeURIComponent(new URL(url).username), ...more }
  return { meaning, text, textHash: statementHash(text, meaning) }
}

export interface FakePolicy {
  rule?: Partial<ApprovalRule>
  /** Overrides what is said of a text. */
  decide?: ((text: string, asker: Asker) => Decision | undefined) | undefined
}

/** A fake policy that can be read off the text: `-- hold` needs an approval, `-- hold 50` within 50 ms, `-- block` is refused. */
export const fakeGuard = (policy: FakePolicy): Guard => ({
  decide: (text, asker) => {
    const given = policy.decide?.(text, asker)
    if (given) return given
    const expires = Number(/-- hold (\d+)/.exec(text)?.[1] ?? 60_000)
    const rule = { name: 'ask', approvers: { groups: ['dba'], count: 1 }, expires, ...policy.rule }
    if (text.includes('-- block')) return { kind: 'refuse', error: new HoopError('STATEMENT_BLOCKED', 'rule no') }
    return { kind: text.includes('-- hold') ? 'hold' : 'allow', statements: [facts], rule }
  },
  masks: () => undefined,
  refresh: () => Promise.resolve(),
  clear: false,
  masking: false,
  maskKey: Buffer.alloc(32),
})

export interface Stage extends AsyncDisposable {
  /** Of the database. */
  readonly url: string
  readonly relay: RelayServer
  readonly approvals: Approvals
  readonly denied: DenyList
  readonly store: Store
  readonly policy: FakePolicy
  readonly told: WebhookEvent[]
  /** Waits until so many requests are open, oldest first. */
  open(count?: number): Promise<readonly Approval[]>
  all(): Promise<readonly Omit<Approval, 'mayDecide'>[]>
  approve(id: string, who?: Person): Promise<unknown>
  deny(id: string, who?: Person): Promise<unknown>
  /** Ids in the table that statements write to, in order. */
  effects(): Promise<readonly number[]>
  /** Empties that table. */
  clear(): Promise<void>
}

/** Sessions on a real server and real approvals in a real store; a table `effects (id int)` to see what ran. */
export const approvalStage = async (
  options: RelayServerOptions & {
    policy?: FakePolicy
    /** A database that is there already, in place of one of its own. */
    database?: FreshDatabase
    /** What is in the database beside. */
    tables?: string
    /** In place of the fake policy. */
    guardOf?: (url: string) => Promise<Guard>
  } = {},
): Promise<Stage> => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder())
  const database = options.database ?? stack.use(await freshDatabase())
  const direct = new Client({ connectionString: database.url })
  await direct.connect()
  stack.defer(() => direct.end())
  await direct.query('create table if not exists effects (id int not null)')
  if (options.tables !== undefined) await direct.query(options.tables)
  const store = stack.use(await openStore(`sqlite:${folder.file('hoop.db')}`))
  const denied = await DenyList.open(store.db)
  const told: WebhookEvent[] = []
  const webhooks = { emit: (event: WebhookEvent) => void told.push(event) }
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const approvals =
    options.approvals ??
    stack.use(
      new Approvals({
        ...{ store, webhooks, log, denied, most: Infinity },
        ...{ write: auditLog(log, store), url: () => 'https://gateway.test' },
        ...(options.metrics && { metrics: options.metrics }),
      }),
    )
  const policy = options.policy ?? {}
  const relay = stack.use(
    await relayServer({
      ...options,
      url: database.url,
      guard: (await options.guardOf?.(database.url)) ?? fakeGuard(policy),
      approvals,
      webhooks,
    }),
  )
  const owned = stack.move()
  return {
    ...{ relay, approvals, denied, policy, told, store, url: database.url },
    open: async (count = 1) => {
      for (;;) {
        const { version } = approvals.news
        const found = await approvals.records.list({ states: ['open'] }, 100)
        if (found.length >= count) return found.reverse().map((one) => ({ ...one, mayDecide: true }))
        await approvals.news.after(version, 10_000)
      }
    },
    all: async () => (await approvals.records.list({}, 1000)).reverse(),
    approve: (id, who = dana) => approvals.decide(id, who, 'approve', 'looks right'),
    deny: (id, who = dana) => approvals.decide(id, who, 'deny', 'not today'),
    effects: async () =>
      (await direct.query<{ id: number }>('select id from effects order by id')).rows.map(({ id }) => id),
    clear: async () => void (await direct.query('truncate effects')),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** A session, and how to send it a cancel request: it resolves when that has been acted upon. */
export const login = async (stage: Stage): Promise<{ client: WireClient; cancel: () => Promise<void> }> => {
  const client = await WireClient.open(stage.relay.port)
  client.socket.write(startupMessage([['user', 'x']]))
  const greeting = await client.until(1)
  const key = greeting.find(({ type }) => type === 'K')!.body
  return {
    client,
    cancel: async () => {
      const other = connect(stage.relay.port, '127.0.0.1')
      other.end(cancelRequest(key.readUInt32BE(0), key.subarray(4)))
      other.resume()
      await new Promise((closed) => other.on('close', closed))
    },
  }
}
