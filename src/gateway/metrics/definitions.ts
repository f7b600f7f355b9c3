import type { Definition } from './definition.js'
import { hostDefinitions } from './host-definitions.js'

export type { Definition }

/** Every metric that a gateway has. Seconds, bytes and Unix times, as Prometheus has it. */
export const definitions = {
  hoop_build_info: { type: 'gauge', help: '1, with the version that runs.', labels: ['version'] },
  hoop_ready: {
    type: 'gauge',
    help: 'Whether who holds a grant can open sessions (grants), and who has none can get one (logins), as /readyz has it.',
    labels: ['for'],
  },
  hoop_part_ready: {
    type: 'gauge',
    help: 'Whether each part works: store, recordings, identity; gateway is 0 while it drains.',
    labels: ['part'],
  },
  hoop_reload_failed: {
    type: 'gauge',
    help: '1 while the configuration in force is not what hoop.yaml says, since the last reload found mistakes in it.',
    labels: [],
  },
  hoop_ledger_leaves: { type: 'gauge', help: 'Leaves of the ledger.', labels: [] },
  hoop_ledger_failures_total: {
    type: 'counter',
    help: 'Writes of the ledger that failed: sessions are refused or ended over it.',
    labels: [],
  },
  hoop_ledger_refused_rows: {
    type: 'gauge',
    help: 'Rows of the store that the gateway has found since its start and has not made, or that contradict the ledger: none is entered. Any means that somebody edits the store.',
    labels: [],
  },
  hoop_ledger_copies_failed_total: {
    type: 'counter',
    help: 'Attempts to put a checkpoint where a copy is kept that failed; each is tried again.',
    labels: [],
  },
  hoop_ledger_copied_leaves: {
    type: 'gauge',
    help: 'Leaves under the last checkpoint that every copy has; far from hoop_ledger_leaves, copies are behind.',
    labels: [],
  },
  hoop_ledger_witnesses_failed_total: {
    type: 'counter',
    help: 'Attempts to have a checkpoint signed by a witness that failed; each is tried again.',
    labels: [],
  },
  hoop_ledger_witnessed_leaves: {
    type: 'gauge',
    help: 'Leaves under the last checkpoint that every witness has signed; far from hoop_ledger_leaves, witnesses are behind or refuse.',
    labels: [],
  },
  hoop_recordings: { type: 'gauge', help: 'Recordings that are there, as retention last counted them.', labels: [] },
  hoop_recordings_bytes: {
    type: 'gauge',
    help: 'Bytes of all recordings, as retention last counted them.',
    labels: [],
  },
  hoop_recordings_removed_total: {
    type: 'counter',
    help: 'Recordings that were removed, by why: age and size by retention, erased since somebody wanted it.',
    labels: ['why'],
  },
  hoop_retention_failures_total: {
    type: 'counter',
    help: 'Runs of retention that have not come to their end; each is tried again.',
    labels: [],
  },
  hoop_events_sent_total: {
    type: 'counter',
    help: 'Events that a target under gateway.events has taken, those that it was sent again included.',
    labels: ['target'],
  },
  hoop_events_failed_total: {
    type: 'counter',
    help: 'Attempts to send events that failed; each is made again.',
    labels: ['target'],
  },
  hoop_events_behind: {
    type: 'gauge',
    help: 'Leaves of the ledger that a target has not come to.',
    labels: ['target'],
  },
  hoop_webhooks_undelivered_total: {
    type: 'counter',
    help: 'Events that reached no receiver, after all attempts.',
    labels: [],
  },
  hoop_tokens_of_another_key_total: {
    type: 'counter',
    help: 'Tokens that were presented by another key than the one they belong to: stolen, or used on two machines.',
    labels: [],
  },
  hoop_token_exchanges_total: {
    type: 'counter',
    help: 'Tokens of workloads that were to be exchanged: issued, or the code of the error.',
    labels: ['outcome'],
  },
  hoop_sessions_open: { type: 'gauge', help: 'Sessions that are open.', labels: ['connection'] },
  hoop_sessions_limit: { type: 'gauge', help: 'gateway.limits.sessions.', labels: [] },
  hoop_sessions_started_total: { type: 'counter', help: 'Sessions that began.', labels: ['connection'] },
  hoop_sessions_ended_total: {
    type: 'counter',
    help: 'Sessions that ended, by how: closed, aborted, killed, lapsed, failed.',
    labels: ['connection', 'end'],
  },
  hoop_streams_refused_total: {
    type: 'counter',
    help: 'Streams that came to no session, by the code of the error, or SERVER where the database itself refused. The connection is empty before it is known.',
    labels: ['connection', 'code'],
  },
  hoop_links_open: {
    type: 'gauge',
    help: 'Links of agents; over HTTP/1.1 each carries one stream.',
    labels: [],
  },
  hoop_links_opened_total: { type: 'counter', help: 'Links that were let in.', labels: [] },
  hoop_links_lost_total: {
    type: 'counter',
    help: 'Links over HTTP/2 that broke: nothing was heard for gateway.limits.link, or the connection ended without a goodbye.',
    labels: [],
  },
  hoop_link_ping_seconds: {
    type: 'histogram',
    help: 'From a PING on a silent link to its answer.',
    labels: [],
  },
  hoop_connections_waiting: {
    type: 'gauge',
    help: 'TCP connections that are no session: API requests, TLS handshakes, streams that are being opened.',
    labels: [],
  },
  hoop_connections_refused_total: {
    type: 'counter',
    help: 'TCP connections that were closed at once, by the limit of gateway.limits.http.',
    labels: ['limit'],
  },
  hoop_statements_total: {
    type: 'counter',
    help: 'Statements, each counted once: allowed, warned, observed, approved, checked (would have been refused; the server found a mistake in it), refused.',
    labels: ['connection', 'verdict'],
  },
  hoop_refusals_total: {
    type: 'counter',
    help: 'Statements that were refused, by the code of the error and the name of the rule, which is empty where no rule says so.',
    labels: ['connection', 'code', 'rule'],
  },
  hoop_statement_errors_total: {
    type: 'counter',
    help: 'Statements that the database answered with an error.',
    labels: ['connection'],
  },
  hoop_rows_total: {
    type: 'counter',
    help: 'Rows of results, counted when the result has ended.',
    labels: ['connection'],
  },
  hoop_result_bytes_total: {
    type: 'counter',
    help: 'Bytes of results as they left, counted when the result has ended.',
    labels: ['connection'],
  },
  hoop_masked_values_total: {
    type: 'counter',
    help: 'Values that were masked, counted when the result has ended.',
    labels: ['connection'],
  },
  hoop_received_bytes_total: {
    type: 'counter',
    help: 'Bytes that sessions have read, as they came, by the side that sent them: client or server.',
    labels: ['connection', 'from'],
  },
  hoop_approvals_total: {
    type: 'counter',
    help: 'Requests for approval, by what became of them: requested, approved, denied, expired, withdrawn, break-glass.',
    labels: ['connection', 'outcome'],
  },
  hoop_approvals_waiting: { type: 'gauge', help: 'Statements that wait to be approved.', labels: [] },
  hoop_relay_latency_seconds: {
    type: 'histogram',
    help: 'What the gateway adds: from reading bytes of one side to writing what they led to on the other (to is client or server). What waits for a person is not in it.',
    labels: ['connection', 'to'],
  },
  hoop_statement_wait_seconds: {
    type: 'histogram',
    help: 'How long statements waited outside of their session, by what for: approval, catalog, own (the catalog as their transaction sees it), decision (on a long text).',
    labels: ['for'],
  },
  hoop_analysis_seconds: {
    type: 'histogram',
    help: 'How long each text over 64 KB took in the thread that reads them.',
    labels: [],
  },
  hoop_analysis_waiting: { type: 'gauge', help: 'Texts over 64 KB that wait for that thread.', labels: [] },
  hoop_analysis_restarts_total: {
    type: 'counter',
    help: 'How often that thread was started anew, by why: late (a text took longer than gateway.limits.analysis.time), failed.',
    labels: ['why'],
  },
  hoop_event_loop_delay_seconds: {
    type: 'histogram',
    help: 'How late the event loop that carries all sessions is, looked at every 20 ms; each 20 ms of a longer delay counts.',
    labels: [],
  },
  hoop_store_seconds: { type: 'histogram', help: 'How long each query of the store takes.', labels: [] },
  hoop_store_failures_total: { type: 'counter', help: 'Queries of the store that failed.', labels: [] },
  hoop_recording_seconds: {
    type: 'histogram',
    help: 'How long recordings take: write (before anything is forwarded) and sync (to the disk).',
    labels: ['operation'],
  },
  hoop_recording_failures_total: {
    type: 'counter',
    help: 'Recordings that could not be written. Their sessions have ended over it.',
    labels: [],
  },
  hoop_quarantined: { type: 'gauge', help: '1 while the connection is quarantined.', labels: ['connection'] },
  hoop_quarantined_since_timestamp_seconds: {
    type: 'gauge',
    help: 'Since when it is.',
    labels: ['connection'],
  },
  hoop_quarantine_troubles: {
    type: 'gauge',
    help: 'What is in the way of a connection, by the code of the error.',
    labels: ['connection', 'code'],
  },
  hoop_direct_logins: {
    type: 'gauge',
    help: 'Who is logged in with the connection’s own user from another address than a gateway’s, past it; looked at each minute.',
    labels: ['connection'],
  },
  ...hostDefinitions,
} as const satisfies Record<string, Definition>

export type MetricName = keyof typeof definitions

/** The labels that a metric has. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof definitions)[Name]['labels'][number], string>>
