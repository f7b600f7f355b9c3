/**
 * The one catalogue of errors: code → what happened, exit status of the CLI, SQLSTATE on the wire, HTTP status of the
 * API, and what to do next. `docs/errors.md` is made from it; codes are a stable interface.
 * `exit` follows sysexits(3) where it has a word for it: 64 usage, 65 data, 69 unavailable, 70 our fault, 73 can't
 * create, 74 i/o, 75 try later, 77 not permitted, 78 configuration; 1 a statement failed; 130 interrupted.
 */
// prettier-ignore
export const catalogue = {
  // what a user typed or configured
  USAGE: { message: 'the command was not understood', exit: 64, http: 400, sqlstate: '22023', hint: 'Run it with --help.' },
  CONFIG_INVALID: { message: 'the configuration is not valid', exit: 78, http: 500, sqlstate: 'F0000', hint: 'Correct the lines named and run: hoop gateway check' },
  CONFIG_MISSING: { message: 'there is no configuration', exit: 78, http: 500, sqlstate: 'F0000', hint: 'Run: hoop gateway init' },
  SECRET_MISSING: { message: 'a secret that the configuration names cannot be had', exit: 78, http: 500, sqlstate: 'F0000', hint: 'Set the environment variable, create the file, or repair the command that is named; a file has to be readable for the gateway’s user, and for nobody else.' },
  ROLE_UNUSABLE: { message: 'a role of the connection can not be used', exit: 78, http: 503, sqlstate: '57P03', hint: 'Create it and grant it to the login in the connection’s url: GRANT role TO login.' },
  KEY_MISSING: { message: 'a key of the gateway is not there', exit: 78, http: 500, sqlstate: 'F0000', hint: 'Restore the file from a backup.' },
  FILE_UNREADABLE: { message: 'a file that the gateway needs cannot be read', exit: 78, http: 500, sqlstate: 'F0000', hint: 'Check owner and mode of the file and of the folders above it.' },
  FILE_EXISTS: { message: 'a file is in the way', exit: 73, http: 409, sqlstate: '58030', hint: 'Choose another folder or pass --force.' },
  PORT_IN_USE: { message: 'the port is in use', exit: 69, http: 500, sqlstate: '08001', hint: 'Choose another with --port, or stop what listens there.' },
  GATEWAY_RUNNING: { message: 'another gateway is running on these recordings or this store', exit: 69, http: 500, sqlstate: '58030', hint: 'Stop it first, or give each gateway recordings and a store of its own.' },
  WITNESS_RUNNING: { message: 'another witness is running on this state', exit: 69, http: 500, sqlstate: '58030', hint: 'Stop it first, or give each witness a key and a --state of its own.' },
  NO_TERMINAL: { message: 'this needs a terminal', exit: 64, http: 400, sqlstate: '22023', hint: 'Pass the answers as flags.' },
  INTERRUPTED: { message: 'interrupted', exit: 130, http: 499, sqlstate: '57014', hint: '' },

  // identity
  NOT_LOGGED_IN: { message: 'you are not logged in', exit: 77, http: 401, sqlstate: '28000', hint: 'Run: hoop login' },
  LOGIN_EXPIRED: { message: 'the login code expired before it was used', exit: 75, http: 401, sqlstate: '28000', hint: 'Run hoop login again and enter the code sooner.' },
  LOGIN_DENIED: { message: 'the login was denied', exit: 77, http: 403, sqlstate: '28000', hint: 'Ask the operator of your identity provider.' },
  LOGIN_ENDED: { message: 'the identity provider refused to renew your login', exit: 77, http: 401, sqlstate: '28000', hint: 'Run: hoop login' },
  TOKEN_INVALID: { message: 'the token is not valid', exit: 77, http: 401, sqlstate: '28000', hint: 'Run: hoop login' },
  TOKEN_EXPIRED: { message: 'the token has expired', exit: 77, http: 401, sqlstate: '28000', hint: 'Run: hoop login' },
  TOKEN_OUTDATED: { message: 'the token is from before your access was revoked', exit: 77, http: 401, sqlstate: '28000', hint: 'Run: hoop login' },
  TOKEN_UNKNOWN: { message: 'there is no such service token', exit: 77, http: 401, sqlstate: '28000', hint: 'Check where HOOP_TOKEN comes from; hoop tokens create makes a new one.' },
  TOKEN_REVOKED: { message: 'the service token was revoked', exit: 77, http: 401, sqlstate: '28000', hint: 'Ask its owner for a new one: hoop tokens create' },
  TOKEN_OWNER: { message: 'the service token’s owner may no longer use this gateway', exit: 77, http: 403, sqlstate: '28000', hint: 'Ask an administrator of the gateway for a token of somebody else’s.' },
  TOKEN_ADDRESS: { message: 'the service token may not be used from this address', exit: 77, http: 403, sqlstate: '28000', hint: 'Use it where it is meant to be used, or ask its owner for one with this --cidr.' },
  TOKEN_KEY: { message: 'the service token is bound to another key', exit: 77, http: 401, sqlstate: '28000', hint: 'Set HOOP_KEY_FILE to the key that it was bound to.' },
  TOKEN_SCOPE: { message: 'the service token is not good for this', exit: 77, http: 403, sqlstate: '28000', hint: 'hoop connections shows what it opens; what else there is to do, people do who are logged in.' },
  TOKEN_EXISTS: { message: 'there is a service token of this name', exit: 73, http: 409, sqlstate: '42710', hint: 'Choose another name, or give it a new secret: hoop tokens rotate NAME' },
  TOKEN_LIFETIME: { message: 'a service token may not live that long', exit: 64, http: 400, sqlstate: '22023', hint: 'Ask for a shorter --ttl.' },
  TOKENS_LIMIT: { message: 'there are too many service tokens', exit: 75, http: 429, sqlstate: '53400', hint: 'Revoke those that are no longer needed; hoop tokens list shows them.' },
  TOKEN_BOUND: { message: 'the token belongs to another key: it was presented elsewhere first', exit: 77, http: 401, sqlstate: '28000', hint: 'Get a new token. If nobody else should have had this one, tell the gateway’s operator that it may be stolen.' },
  TOKEN_REUSED: { message: 'the token was exchanged before', exit: 77, http: 401, sqlstate: '28000', hint: 'Get a new token for each exchange; where the source gives only one, its trust in hoop.yaml needs reuse: same-key.' },
  WORKLOAD_REFUSED: { message: 'no trust of the gateway takes this token', exit: 77, http: 401, sqlstate: '28000', hint: 'Ask the gateway’s operator: its log names the conditions of identity.workloads that did not hold.' },
  PROOF_INVALID: { message: 'the proof of possession is not valid', exit: 77, http: 401, sqlstate: '28000', hint: 'Run: hoop login' },
  PROOF_REPLAYED: { message: 'the proof of possession was used before', exit: 77, http: 401, sqlstate: '28000', hint: 'Send each request with a new proof.' },
  CLOCK_SKEW: { message: 'the clocks of this machine and the gateway disagree', exit: 77, http: 401, sqlstate: '28000', hint: 'Set this machine’s clock (60 s of difference are tolerated).' },
  LOGGED_OUT: { message: 'you were logged out at the identity provider', exit: 77, http: 401, sqlstate: '57P01', hint: 'Run: hoop login' },
  SIGN_IN_FAILED: { message: 'the sign-in did not succeed', exit: 77, http: 401, sqlstate: '28000', hint: 'Open the page again, and sign in anew.' },
  FORM_FOREIGN: { message: 'the form did not come from the gateway’s own page', exit: 77, http: 403, sqlstate: '28000', hint: 'Open the request again, and decide there.' },
  FORM_STALE: { message: 'the request is another than the page showed', exit: 1, http: 409, sqlstate: '42501', hint: 'Read it again, then decide.' },
  GRANT_INVALID: { message: 'the grant is not valid', exit: 77, http: 401, sqlstate: '28000', hint: 'Start hoop connect again.' },
  GRANT_EXPIRED: { message: 'the grant has expired', exit: 77, http: 401, sqlstate: '57P01', hint: 'Run hoop login if your login has ended, then hoop connect again.' },
  ACCESS_DENIED: { message: 'you may not do this', exit: 77, http: 403, sqlstate: '28000', hint: 'Ask an administrator for access. Run hoop connections to see what you may use.' },
  PERSON_REVOKED: { message: 'your access was revoked', exit: 77, http: 403, sqlstate: '28000', hint: 'Ask an administrator of the gateway.' },
  CONNECTION_UNKNOWN: { message: 'there is no such connection', exit: 77, http: 404, sqlstate: '3D000', hint: 'Run: hoop connections' },
  IDP_UNREACHABLE: { message: 'the identity provider does not answer', exit: 69, http: 503, sqlstate: '08006', hint: 'Check the issuer’s address and the network, then try again.' },
  KEYRING_UNAVAILABLE: { message: 'the system keyring cannot be used', exit: 74, http: 500, sqlstate: '58030', hint: 'Unlock the keyring, or set HOOP_KEYRING=file.' },

  // reaching the gateway
  GATEWAY_UNREACHABLE: { message: 'the gateway does not answer', exit: 69, http: 503, sqlstate: '08001', hint: 'Check the address and your network (HTTPS_PROXY is honoured), then try again.' },
  GATEWAY_UNTRUSTED: { message: 'the gateway’s certificate is not trusted', exit: 69, http: 502, sqlstate: '08001', hint: 'Log in with --ca FILE, where FILE is the gateway’s CA certificate from its operator.' },
  GATEWAY_CERTIFICATE_EXPIRED: { message: 'the gateway’s certificate has expired', exit: 69, http: 502, sqlstate: '08001', hint: 'Ask the gateway’s operator to renew it.' },
  GATEWAY_VERSION: { message: 'the gateway and this hoop do not understand each other', exit: 76, http: 426, sqlstate: '08P01', hint: 'Install the version of hoop that the gateway runs.' },
  GATEWAY_DRAINING: { message: 'the gateway is shutting down', exit: 75, http: 503, sqlstate: '57P03', hint: 'Try again in a moment.' },
  NETWORK_LOST: { message: 'the network between hoop connect and the gateway was lost', exit: 69, http: 503, sqlstate: '08006', hint: 'Connect again. What was running has been canceled; a COMMIT that was not answered may have taken effect.' },
  RESUME_REFUSED: { message: 'the session cannot go on', exit: 69, http: 410, sqlstate: '08006', hint: 'Connect again.' },
  GATEWAY_FULL: { message: 'the gateway has no room for another session', exit: 75, http: 503, sqlstate: '53300', hint: 'Close sessions you do not need, or try again later.' },
  SESSIONS_LIMIT: { message: 'there are too many sessions', exit: 75, http: 429, sqlstate: '53300', hint: 'Close sessions you do not need; hoop sessions list --live shows them.' },
  RATE_LIMITED: { message: 'too many requests', exit: 75, http: 429, sqlstate: '53400', hint: 'Wait a moment, then try again.' },
  REQUEST_INVALID: { message: 'the request is not valid', exit: 70, http: 400, sqlstate: '08P01', hint: 'Install the version of hoop that the gateway runs.' },
  REQUEST_TIMEOUT: { message: 'the request came too slowly', exit: 75, http: 408, sqlstate: '08006', hint: 'Try again; look at the network between here and the gateway.' },
  REQUEST_TOO_LARGE: { message: 'the request is too large', exit: 70, http: 413, sqlstate: '54000', hint: 'Log in with fewer groups in the token, or install the version of hoop that the gateway runs.' },
  NOT_FOUND: { message: 'there is no such thing', exit: 1, http: 404, sqlstate: '42704', hint: 'Check the id.' },

  // the PostgreSQL protocol
  FRAME_LENGTH: { message: 'a message declares a length that is out of bounds', exit: 70, http: 400, sqlstate: '08P01', hint: 'Check that a PostgreSQL client speaks on this port.' },
  FRAME_UNKNOWN: { message: 'a message has an unknown type', exit: 70, http: 400, sqlstate: '08P01', hint: 'Check that a PostgreSQL client speaks on this port.' },
  FRAME_INVALID: { message: 'a message is malformed', exit: 70, http: 400, sqlstate: '08P01', hint: 'Check the client’s driver; update it if it is old.' },
  STARTUP_INVALID: { message: 'the connection request is malformed', exit: 70, http: 400, sqlstate: '08P01', hint: 'Check that a PostgreSQL client speaks on this port.' },
  STARTUP_TIMEOUT: { message: 'the client sent no connection request in time', exit: 70, http: 408, sqlstate: '08P01', hint: 'Connect again.' },
  PROTOCOL_VERSION: { message: 'this protocol version is not supported', exit: 70, http: 400, sqlstate: '0A000', hint: 'Use protocol 3.0 or 3.2.' },
  PROTOCOL_DESYNC: { message: 'the server’s replies do not match the requests', exit: 70, http: 502, sqlstate: '08P01', hint: 'Report this with the session id; the session was ended so that nothing could leak.' },
  DATABASE_REFUSED: { message: 'this connection does not lead to that database', exit: 77, http: 403, sqlstate: '3D000', hint: 'Leave the database name out, or use one that hoop connections lists.' },
  REPLICATION_REFUSED: { message: 'replication connections are not allowed', exit: 77, http: 403, sqlstate: '28000', hint: 'Connect without the replication parameter.' },
  OPTION_REFUSED: { message: 'a connection option is not allowed', exit: 77, http: 403, sqlstate: '0A000', hint: 'Leave the option out, or set it with SET after connecting if policy allows.' },
  MEMORY_EXHAUSTED: { message: 'the message needs more memory than the gateway may use', exit: 1, http: 413, sqlstate: '54000', hint: 'Send smaller messages, or use COPY.' },

  // upstream
  UPSTREAM_UNREACHABLE: { message: 'the database does not answer', exit: 69, http: 502, sqlstate: '08001', hint: 'Try again in a moment: the gateway tries by itself. If it lasts, ask its operator to run: hoop gateway check' },
  UPSTREAM_LOGIN: { message: 'the database refused the gateway’s login', exit: 69, http: 502, sqlstate: '28000', hint: 'Ask the gateway’s operator to run: hoop gateway check' },
  UPSTREAM_TLS: { message: 'the database’s certificate or TLS setting is not acceptable', exit: 69, http: 502, sqlstate: '08001', hint: 'Ask the gateway’s operator to run: hoop gateway check' },
  UPSTREAM_FULL: { message: 'the database has no room for another connection', exit: 75, http: 503, sqlstate: '53300', hint: 'Close connections that you do not need, or try again in a moment.' },
  UPSTREAM_ENCODING: { message: 'a policy can be kept only in a database whose encoding is UTF8', exit: 69, http: 502, sqlstate: '0A000', hint: 'Ask the gateway’s operator to move it to one.' },
  CONNECTION_UNAVAILABLE: { message: 'this connection is not available for now', exit: 69, http: 503, sqlstate: '57P03', hint: 'Try again in a moment: the gateway tries by itself. If it lasts, ask its operator to run: hoop gateway check' },
  POLICY_UNAPPLIED: { message: 'the policy cannot be applied to the database as it is, so nobody is let in under it', exit: 69, http: 503, sqlstate: '57P03', hint: 'Ask the gateway’s operator to run: hoop gateway check' },
  UPSTREAM_LOST: { message: 'the connection to the database was lost', exit: 69, http: 502, sqlstate: '08006', hint: 'Connect again.' },

  // policy
  STATEMENT_BLOCKED: { message: 'the policy forbids this statement', exit: 77, http: 403, sqlstate: '42501', hint: 'Ask an administrator if you need it.' },
  REASON_REQUIRED: { message: 'this takes a reason', exit: 77, http: 403, sqlstate: '28000', hint: 'Give one: --reason \'…\'' },
  APPROVAL_REQUIRED: { message: 'this statement needs an approval', exit: 75, http: 403, sqlstate: '42501', hint: 'Ask one of the rule’s approvers.' },
  APPROVAL_DENIED: { message: 'the approval was denied', exit: 77, http: 403, sqlstate: '42501', hint: 'Talk to whoever denied it.' },
  APPROVAL_EXPIRED: { message: 'nobody approved it in time', exit: 75, http: 403, sqlstate: '57014', hint: 'Ask an approver, then run it again.' },
  APPROVAL_WITHDRAWN: { message: 'the request for an approval was withdrawn', exit: 75, http: 409, sqlstate: '57014', hint: '' },
  APPROVAL_SETTLED: { message: 'the request for an approval is settled', exit: 1, http: 409, sqlstate: '42501', hint: 'Run: hoop approvals list' },
  ESTIMATE_FAILED: { message: 'the server gives no estimate of the rows that a rule asks for', exit: 1, http: 400, sqlstate: '42501', hint: 'Correct the statement, or send it alone.' },
  COLUMN_MASKED: { message: 'a masked column is used in a way that could reveal it', exit: 77, http: 403, sqlstate: '42501', hint: 'Select the column as it is; it comes back masked.' },
  COLUMN_DERIVED: { message: 'an output column is computed from masked columns, which the policy refuses', exit: 77, http: 403, sqlstate: '42501', hint: 'Select masked columns as they are, which come back masked, or leave out what is computed from them.' },
  STATEMENT_UNPROVEN: { message: 'it cannot be proved that this statement keeps masked columns hidden', exit: 77, http: 403, sqlstate: '42501', hint: 'Write it in a simpler form.' },
  SYNTAX: { message: 'syntax error', exit: 1, http: 400, sqlstate: '42601', hint: '' },
  ROLE_FIXED: { message: 'the role of this session may not be changed', exit: 77, http: 403, sqlstate: '42501', hint: 'The gateway chooses it by your groups. RESET ROLE and DISCARD ALL are possible, and return to it.' },
  SETTING_PINNED: { message: 'this setting may not be changed here', exit: 77, http: 403, sqlstate: '42501', hint: 'Leave it at its default.' },
  CATALOG_LATE: { message: 'the database’s catalog can’t be read in time', exit: 75, http: 503, sqlstate: '57014', hint: 'Try again in a moment; the gateway’s log says what keeps it.' },
  CATALOG_UNSETTLED: { message: 'the database’s catalog does not stand still', exit: 75, http: 503, sqlstate: '40001', hint: 'Try again when the migration that is running has ended.' },
  CATALOG_PROTECTED: { message: 'the server’s own catalogs may not be changed this way', exit: 77, http: 403, sqlstate: '42501', hint: 'Use the command that is made for it: ALTER for objects, SET for settings.' },
  CATALOG_CHANGED: { message: 'what the statement names has changed since it was analysed', exit: 75, http: 409, sqlstate: '40001', hint: 'Run it again, with its transaction. What that itself has changed, commit first.' },
  COPY_ALONE: { message: 'COPY FROM STDIN can’t be checked among other statements', exit: 65, http: 400, sqlstate: '0A000', hint: 'Send the COPY as a query of its own.' },
  WITNESS_FAILED: { message: 'the server could not confirm what the statement rests on', exit: 77, http: 502, sqlstate: '42501', hint: 'Ask the gateway’s operator to connect it to the server itself, not to a pooler in transaction mode.' },
  FUNCTION_CALL_REFUSED: { message: 'the function-call protocol is not allowed', exit: 77, http: 403, sqlstate: '42501', hint: 'Call the function with SELECT.' },
  BUDGET_EXHAUSTED: { message: 'a budget is used up', exit: 75, http: 429, sqlstate: '53400', hint: 'Ask for less, or ask an administrator for a larger budget. hoop status shows what is left.' },
  BUDGET_UNCOUNTED: { message: 'what leaves can’t be counted at the moment, so nothing more does', exit: 74, http: 503, sqlstate: '58030', hint: 'Run it again in a moment. If that lasts, ask the gateway’s operator to look at its store.' },
  QUESTIONS_EXHAUSTED: { message: 'a budget of questions about masked values is used up', exit: 75, http: 429, sqlstate: '53400', hint: 'Ask again tomorrow, or ask an administrator for a larger budget. What was asked before may be asked again.' },
  MASKED_ERRORS: { message: 'too many statements on masked columns have failed in this session', exit: 75, http: 429, sqlstate: '53400', hint: 'Errors that depend on values tell of them. Connect again, and correct the statement first on columns that are not masked.' },
  STATEMENTS_LIMIT: { message: 'the text has too many statements', exit: 65, http: 413, sqlstate: '54000', hint: 'Send it in several parts, or ask for a higher gateway.limits.statements_per_query.' },
  ANALYSIS_LATE: { message: 'the analysis of the text takes too long', exit: 65, http: 413, sqlstate: '54001', hint: 'Send it in several parts, or write it in a simpler form.' },
  ANALYSIS_BUSY: { message: 'too many long texts wait to be analysed', exit: 75, http: 503, sqlstate: '53400', hint: 'Run it again in a moment, or send it in parts of less than 64 KB, which do not wait.' },
  ANALYSIS_FAILED: { message: 'the text could not be analysed', exit: 70, http: 500, sqlstate: '58000', hint: 'Send it in several parts. If that does not help, ask the gateway’s operator to look at its log.' },
  ANALYSIS_WITHDRAWN: { message: 'the statement was withdrawn while it was analysed', exit: 75, http: 409, sqlstate: '57014', hint: '' },
  NAMES_EXHAUSTED: { message: 'the session has given too many names to statements, portals and cursors', exit: 1, http: 429, sqlstate: '53400', hint: 'Close what is no longer needed (DEALLOCATE, CLOSE), or ask for a higher gateway.limits.names.' },
  VECTOR_CAP: { message: 'a search on masked vectors asks for too many rows', exit: 77, http: 403, sqlstate: '42501', hint: 'Give it a LIMIT that is a number or a parameter, and not above the cap.' },
  BUDGET_COLLATERAL: { message: 'cancelled together with a statement before it, whose budget was used up', exit: 75, http: 429, sqlstate: '57014', hint: 'Run it again.' },
  STATEMENT_FAILED: { message: 'the statement failed', exit: 1, http: 400, sqlstate: 'XX000', hint: '' },

  // the demo
  DEMO_INCOMPLETE: { message: 'the demo’s database and identity provider are not installed', exit: 69, http: 500, sqlstate: 'F0000', hint: 'Install what it names.' },
  DEMO_FAILED: { message: 'the demo did not go as it should', exit: 1, http: 500, sqlstate: 'XX000', hint: 'Report it with the output above.' },

  // recording and state
  RECORDING_FAILED: { message: 'the session cannot be recorded, so nothing more is run', exit: 74, http: 503, sqlstate: '58030', hint: 'Ask the gateway’s operator to look at disk space and permissions.' },
  RECORDING_DAMAGED: { message: 'the recording is damaged', exit: 65, http: 500, sqlstate: '58030', hint: 'What could be read was shown; keep the file for the investigation.' },
  RECORDING_UNREADABLE: { message: 'the recording cannot be read', exit: 74, http: 503, sqlstate: '58030', hint: 'Ask the gateway’s operator to look at the file’s owner and mode, and at the disk.' },
  STORE_FAILED: { message: 'the gateway’s state cannot be read or written', exit: 74, http: 503, sqlstate: '58030', hint: 'Ask the gateway’s operator to look at disk space and permissions.' },
  STORE_NEWER: { message: 'the gateway’s state has a form that this version does not know', exit: 78, http: 500, sqlstate: '58030', hint: 'Install the version that wrote it, or restore a backup of the store from before.' },
  LEDGER_FAILED: { message: 'the ledger cannot be written, so nothing more is run', exit: 74, http: 503, sqlstate: '58030', hint: 'Ask the gateway’s operator to look at disk space and permissions of the ledger’s folder.' },
  LEDGER_DAMAGED: { message: 'the ledger is not what its checkpoint says', exit: 65, http: 500, sqlstate: '58030', hint: 'Keep the folder for the investigation and run: hoop audit verify. To go on, restore the folder from a backup.' },
  NOTE_INVALID: { message: 'this is not what a key that is trusted has signed', exit: 65, http: 400, sqlstate: '58030', hint: 'Check the file, and that the verifier key (vkey) is that of the gateway it comes from.' },
  AUDIT_TAMPERED: { message: 'the record was altered', exit: 3, http: 500, sqlstate: '58030', hint: 'Keep recordings, store, ledger and copies of checkpoints as they are for the investigation.' },
  SESSION_KILLED: { message: 'the session was ended', exit: 77, http: 410, sqlstate: '57P01', hint: 'Connect again if you may.' },
  PORT_CLOSED: { message: 'hoop connect has ended', exit: 69, http: 503, sqlstate: '57P01', hint: 'Run hoop connect again.' },
  SESSION_IDLE: { message: 'the session was idle for too long', exit: 77, http: 410, sqlstate: '57P05', hint: 'Connect again.' },
  SESSION_TOO_LONG: { message: 'the session has reached its greatest length', exit: 77, http: 410, sqlstate: '57P01', hint: 'Connect again.' },
  INTERNAL: { message: 'hoop has a defect', exit: 70, http: 500, sqlstate: 'XX000', hint: 'Report it with the log lines around it.' },

} as const satisfies Record<string, { message: string; exit: number; http: number; sqlstate: string; hint: string }>

export type ErrorCode = keyof typeof catalogue

/** What hoop tells a PostgreSQL client besides errors: code → when, and the SQLSTATE; none where it is the server's own. */
export const notices = {
  RULE_WARNING: { tells: 'a rule warns of this statement, which runs', sqlstate: '01000' },
  APPROVAL_AWAITED: { tells: 'this statement waits for an approval', sqlstate: '00000' },
  APPROVAL_GIVEN: { tells: 'the statement that waited is approved and runs', sqlstate: '00000' },
  BUDGET_NEARLY_USED: { tells: 'most of a budget is used', sqlstate: '00000' },
  SESSION_ENDS_SOON: { tells: 'the session is about to end', sqlstate: '00000' },
  COLUMNS_HIDDEN: { tells: 'output columns are hidden, since they are computed from masked ones', sqlstate: '01000' },
  TEXT_WITHHELD: { tells: 'the server’s error or notice stands here without its text', sqlstate: undefined },
} as const satisfies Record<string, { tells: string; sqlstate: string | undefined }>

export type NoticeCode = keyof typeof notices
