import type { Readiness } from '../server/http/readiness.js'
import type { ConnectionMetrics } from './connection-metrics.js'
import { definitions, type LabelsOf, type MetricName } from './definitions.js'
import type { Distribution } from './distribution.js'
import { type GatewayMetrics, waits } from './gateway-metrics.js'
import type { Labels } from './labelled-counts.js'
import type { HostFacts } from './host-facts.js'
import { fileDescriptors, mostFileDescriptors } from './process-facts.js'
import type { Trouble } from '../quarantine/trouble.js'

/** Where what is read when somebody asks comes from. */
export interface Sources {
  readonly version: string
  readonly metrics: GatewayMetrics
  /** Names of the configuration in force. */
  readonly connections: () => readonly string[]
  readonly sessionsLimit: () => number
  /** TCP connections that are no session. */
  readonly connectionsWaiting: () => number
  readonly approvalsWaiting: () => number
  readonly quarantined: () => readonly {
    readonly connection: string
    readonly since: Date
    readonly troubles: readonly Trouble[]
  }[]
  readonly ready: () => Promise<Readiness>
  /** Logins past the gateway, of connections that could be looked at. */
  readonly directLogins: () => readonly { readonly connection: string; readonly count: number }[]
  readonly host: HostFacts
}

/** One value of a metric; a histogram's is a distribution. */
export interface Sample<Of extends Labels = Labels> {
  readonly labels: Of
  readonly value: number | Distribution
}

type Samples<Name extends MetricName> = readonly Sample<LabelsOf<Name>>[]

type Read<Name extends MetricName> = (from: Sources) => Samples<Name> | Promise<Samples<Name>>

/** A metric without labels. */
const one = (value: number | Distribution) => [{ labels: {}, value }]

const seconds = (at: Date | number): number => Number(at) / 1000

const perConnection =
  (of: (metrics: ConnectionMetrics) => number) =>
  ({ metrics }: Sources) =>
    [...metrics.connections].map(([connection, each]) => ({ labels: { connection }, value: of(each) }))

const perTarget =
  (of: (target: { readonly sent: number; readonly failed: number; readonly behind: number }) => number) =>
  ({ metrics }: Sources) =>
    [...metrics.events].map(([target, each]) => ({ labels: { target }, value: of(each) }))

/** Optional facts of the host: none where they can't be had. */
const known = (value: number | undefined) => (value === undefined ? [] : one(value))

/** How each metric is read. Complete by type: a metric that nobody reads does not compile. */
export const readings: { readonly [Name in MetricName]: Read<Name> } = {
  hoop_build_info: ({ version }) => [{ labels: { version }, value: 1 }],
  hoop_ready: async ({ ready }) => {
    const { grants, logins } = await ready()
    return [
      { labels: { for: 'grants' }, value: Number(grants) },
      { labels: { for: 'logins' }, value: Number(logins) },
    ]
  },
  hoop_part_ready: async ({ ready }) =>
    Object.entries({ gateway: 'ok', ...(await ready()).parts }).map(([part, state]) => ({
      labels: { part },
      value: Number(state === 'ok'),
    })),
  hoop_reload_failed: ({ metrics }) => one(Number(metrics.reloadFailed)),
  hoop_ledger_leaves: ({ metrics }) => one(metrics.ledger.size),
  hoop_ledger_failures_total: ({ metrics }) => one(metrics.ledger.failures),
  hoop_ledger_refused_rows: ({ metrics }) => one(metrics.ledger.refused),
  hoop_ledger_copies_failed_total: ({ metrics }) => one(metrics.ledger.copiesFailed),
  hoop_ledger_copied_leaves: ({ metrics }) => one(metrics.ledger.copied),
  hoop_ledger_witnesses_failed_total: ({ metrics }) => one(metrics.ledger.witnessesFailed),
  hoop_ledger_witnessed_leaves: ({ metrics }) => one(metrics.ledger.witnessed),
  hoop_recordings: ({ metrics }) => one(metrics.retention.recordings),
  hoop_recordings_bytes: ({ metrics }) => one(metrics.retention.bytes),
  hoop_recordings_removed_total: ({ metrics }) =>
    Object.entries(metrics.retention.removed).map(([why, value]) => ({ labels: { why }, value })),
  hoop_retention_failures_total: ({ metrics }) => one(metrics.retention.failures),
  hoop_events_sent_total: perTarget(({ sent }) => sent),
  hoop_events_failed_total: perTarget(({ failed }) => failed),
  hoop_events_behind: perTarget(({ behind }) => behind),
  hoop_webhooks_undelivered_total: ({ metrics }) => one(metrics.webhooksUndelivered),
  hoop_tokens_of_another_key_total: ({ metrics }) => one(metrics.strangeKeys),
  hoop_token_exchanges_total: ({ metrics }) => [...metrics.exchanges],
  hoop_sessions_open: perConnection(({ open }) => open),
  hoop_sessions_limit: ({ sessionsLimit }) => one(sessionsLimit()),
  hoop_sessions_started_total: perConnection(({ started }) => started),
  hoop_sessions_ended_total: ({ metrics }) =>
    [...metrics.connections].flatMap(([connection, { ended }]) =>
      Object.entries(ended).map(([end, value]) => ({ labels: { connection, end }, value })),
    ),
  hoop_streams_refused_total: ({ metrics }) => [...metrics.refusedStreams],
  hoop_links_open: ({ metrics }) => one(metrics.links),
  hoop_links_opened_total: ({ metrics }) => one(metrics.linksOpened),
  hoop_links_lost_total: ({ metrics }) => one(metrics.linksLost),
  hoop_link_ping_seconds: ({ metrics }) => one(metrics.pings),
  hoop_connections_waiting: ({ connectionsWaiting }) => one(connectionsWaiting()),
  hoop_connections_refused_total: ({ metrics }) => [...metrics.refusedConnections],
  hoop_statements_total: ({ metrics }) =>
    [...metrics.connections].flatMap(([connection, { statements }]) =>
      Object.entries(statements).map(([verdict, value]) => ({ labels: { connection, verdict }, value })),
    ),
  hoop_refusals_total: ({ metrics }) =>
    [...metrics.connections].flatMap(([connection, { refusals }]) =>
      [...refusals].map(({ labels, value }) => ({ labels: { connection, ...labels }, value })),
    ),
  hoop_statement_errors_total: perConnection(({ errors }) => errors),
  hoop_rows_total: perConnection(({ rows }) => rows),
  hoop_result_bytes_total: perConnection(({ bytes }) => bytes),
  hoop_masked_values_total: perConnection(({ masked }) => masked),
  hoop_received_bytes_total: ({ metrics }) =>
    [...metrics.connections].flatMap(([connection, { received }]) =>
      Object.entries(received).map(([from, value]) => ({ labels: { connection, from }, value })),
    ),
  hoop_approvals_total: ({ metrics }) => [...metrics.approvals],
  hoop_approvals_waiting: ({ approvalsWaiting }) => one(approvalsWaiting()),
  hoop_relay_latency_seconds: ({ metrics }) =>
    [...metrics.connections].flatMap(([connection, { toServer, toClient }]) => [
      { labels: { connection, to: 'server' }, value: toServer },
      { labels: { connection, to: 'client' }, value: toClient },
    ]),
  hoop_statement_wait_seconds: ({ metrics }) =>
    waits.map((wait) => ({ labels: { for: wait }, value: metrics.waited[wait] })),
  hoop_analysis_seconds: ({ metrics }) => one(metrics.analyst.seconds),
  hoop_analysis_waiting: ({ metrics }) => one(metrics.analyst.waiting),
  hoop_analysis_restarts_total: ({ metrics }) =>
    Object.entries(metrics.analyst.restarted).map(([why, value]) => ({ labels: { why }, value })),
  hoop_event_loop_delay_seconds: ({ metrics }) => one(metrics.eventLoop),
  hoop_store_seconds: ({ metrics }) => one(metrics.store),
  hoop_store_failures_total: ({ metrics }) => one(metrics.storeFailures),
  hoop_recording_seconds: ({ metrics }) =>
    Object.entries(metrics.recording).map(([operation, value]) => ({ labels: { operation }, value })),
  hoop_recording_failures_total: ({ metrics }) => one(metrics.recordingFailures),
  hoop_quarantined: ({ connections, quarantined }) => {
    const names = new Set(quarantined().map(({ connection }) => connection))
    return connections().map((connection) => ({ labels: { connection }, value: Number(names.has(connection)) }))
  },
  hoop_quarantined_since_timestamp_seconds: ({ quarantined }) =>
    quarantined().map(({ connection, since }) => ({ labels: { connection }, value: seconds(since) })),
  hoop_quarantine_troubles: ({ quarantined }) =>
    quarantined().flatMap(({ connection, troubles }) =>
      [...Map.groupBy(troubles, ({ error }) => error.code)].map(([code, all]) => ({
        labels: { connection, code },
        value: all.length,
      })),
    ),
  hoop_direct_logins: ({ directLogins }) =>
    directLogins().map(({ connection, count }) => ({ labels: { connection }, value: count })),
  hoop_free_bytes: async ({ host }) => (await host.free()).map(({ of, bytes }) => ({ labels: { of }, value: bytes })),
  hoop_certificate_expiry_timestamp_seconds: async ({ host }) =>
    (await host.certificates()).map(({ until, ...labels }) => ({ labels, value: seconds(until) })),
  hoop_key_written_timestamp_seconds: async ({ host }) =>
    (await host.keys()).map(({ key, written }) => ({ labels: { key }, value: seconds(written) })),
  process_cpu_seconds_total: () => {
    const { user, system } = process.cpuUsage()
    return one((user + system) / 1e6)
  },
  process_resident_memory_bytes: () => one(process.memoryUsage.rss()),
  process_start_time_seconds: () => one(seconds(performance.timeOrigin)),
  process_open_fds: async () => known(await fileDescriptors()),
  process_max_fds: async () => known(await mostFileDescriptors()),
}

export const metricNames = Object.keys(definitions) as MetricName[]
