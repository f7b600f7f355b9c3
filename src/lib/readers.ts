import { catalogue, type ErrorCode, HoopError } from './errors.js'

/** One sentence for a wrong password, a missing one and a bad certificate: which of them it is, is the operator's business. */
const noLogin = (): HoopError =>
  new HoopError('CONNECTION_UNAVAILABLE', 'the gateway can’t log in to the database for now')

const bare = (code: ErrorCode) => (): HoopError => new HoopError(code)

/** What a client is told in place of an error that only an operator may read. */
const told: Partial<Record<ErrorCode, () => HoopError>> = {
  SECRET_MISSING: noLogin,
  ROLE_UNUSABLE: noLogin,
  UPSTREAM_LOGIN: noLogin,
  UPSTREAM_TLS: noLogin,
  UPSTREAM_UNREACHABLE: bare('UPSTREAM_UNREACHABLE'),
  POLICY_UNAPPLIED: bare('POLICY_UNAPPLIED'),
  RECORDING_FAILED: bare('RECORDING_FAILED'),
  STORE_FAILED: bare('STORE_FAILED'),
  LEDGER_FAILED: bare('LEDGER_FAILED'),
  LEDGER_DAMAGED: bare('LEDGER_DAMAGED'),
  INTERNAL: bare('INTERNAL'),
}

/**
 * The same error without what isn't for a client: paths, user names, addresses, and how it stands with passwords. What a
 * client hears of an error that isn't about its own doing passes through here.
 */
export const forClients = (error: HoopError): HoopError => told[error.code]?.() ?? error

/** The catalogue sends people to their gateway's operator; here the operator reads. */
const operatorHints: Partial<Record<ErrorCode, string>> = {
  UPSTREAM_UNREACHABLE: 'Check host and port in the connection’s url, the network between, and that the server runs.',
  UPSTREAM_TLS: 'Check sslmode and sslrootcert in the connection’s url, and the server’s certificate.',
  UPSTREAM_LOGIN: 'Check the user in the url, the password’s source and the server’s pg_hba.conf.',
  STORE_FAILED: 'Check owner and mode of the file and its folder, and the disk’s space.',
  RECORDING_FAILED: 'Check owner and mode of the folder, and the disk’s space.',
  LEDGER_FAILED: 'Check owner and mode of the ledger’s folder and of keys/ledger.json, and the disk’s space.',
  RECORDING_UNREADABLE: 'Check owner and mode of the file, and the disk.',
}

/** The same error with a hint for who runs the gateway, where it has none of its own. */
export const forOperators = (error: HoopError): HoopError => {
  const { code, about, detail, position, hint } = error
  const better = operatorHints[code]
  if (better === undefined || hint !== catalogue[code].hint) return error
  const known = { ...(detail !== undefined && { detail }), ...(position !== undefined && { position }) }
  return new HoopError(code, about, { ...known, hint: better, cause: error })
}
