import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { unreadable } from '../../lib/unreadable.js'
import { contentHash } from './canonical.js'
import { cautions } from './cautions.js'
import { crossChecks, type Finding } from './cross-checks.js'
import { readDocument, type Path, type Problem, type SourceDocument } from './document/document.js'
import { outlineOf } from './outline.js'
import { label, problemsOf } from './document/problems.js'
import { resolvePaths } from './resolve-paths.js'
import { configSchema, type Config } from './schema.js'
import type { SecretSpec } from './sections/secret.js'
import type { Secret } from './secrets/secret.js'
import { Secrets } from './secrets/secrets.js'

/** A configuration that may be put in force. */
export interface LoadedConfig {
  readonly path: string
  /** Every path in it is absolute. */
  readonly config: Config
  /** SHA-256 of the content, hex: neither comments, order of keys, folder nor secrets change it. */
  readonly hash: string
  /** SHA-256 of one policy. @throws {HoopError} CONFIG_INVALID where there is none of that name */
  policyHash(name: string): string
  /** `file:line:column: …`, allowed but probably not meant. */
  readonly warnings: readonly string[]
  /** How many secrets connections name. */
  readonly secrets: number
  /** Those of them that can't be had now, `file:line:column: why`: their connections wait for them. Never rejects. */
  missing(): Promise<readonly string[]>
  /** A secret that this configuration names. */
  secret(spec: SecretSpec): Secret
  /** `file:line:column` of a part of the file, for messages that are found out later. */
  locate(path: Path): string
}

/** Characters: a secret that opens the directory's door to everybody who guesses it has to be long. */
const shortestScimToken = 32

const sentence = (path: string, { line, column, what }: Problem): string => `${path}:${line}:${column}: ${what}`

const invalid = (path: string, problems: readonly Problem[]): HoopError => {
  const ordered = [...problems].sort((one, other) => one.line - other.line || one.column - other.column)
  return new HoopError('CONFIG_INVALID', `\n${ordered.map((problem) => sentence(path, problem)).join('\n')}`)
}

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause, { code: 'CONFIG_MISSING' })
  }
}

const locateAll = (findings: Iterable<Finding>, source: SourceDocument): Problem[] =>
  [...findings].map(({ path, what }) => ({
    ...source.at(path),
    what: `${label(path)}: ${what}`,
  }))

const parse = (path: string, source: SourceDocument): Config => {
  const { data, error } = configSchema.safeParse(source.value, { reportInput: true })
  const problems = [
    ...source.problems,
    ...(error?.issues ?? []).flatMap((issue) => problemsOf(issue, configSchema, source)),
    ...locateAll(crossChecks(outlineOf(source.value)), source),
  ]
  if (!data || problems.length > 0) throw invalid(path, problems)
  return data
}

type Named = readonly [spec: SecretSpec, at: Path]

type Secretive = Pick<Config['connections'][string], 'password' | 'client_certificate'>

/** Every secret of the connections, with the place that names it. */
const secretsOfConnections = function* ({ connections }: Config): Generator<Named> {
  const of = function* ({ password, client_certificate: certificate }: Secretive, at: Path): Generator<Named> {
    if (password !== undefined) yield [password, [...at, 'password']]
    if (certificate !== undefined) yield [certificate, [...at, 'client_certificate']]
  }
  for (const [name, connection] of Object.entries(connections)) {
    const { access, url } = connection
    yield* of(connection, ['connections', name])
    for (const [index, { login }] of access.entries())
      if (login) yield* of(login, ['connections', name, 'access', index, 'login'])
    if (url.sslkey !== undefined) yield [{ file: url.sslkey }, ['connections', name, 'url']]
  }
}

/** Those of the gateway itself. */
const secretsOfGateway = function* ({ gateway, identity }: Config): Generator<Named> {
  const { store, store_password: password, store_certificate: certificate } = gateway
  if (password !== undefined) yield [password, ['gateway', 'store_password']]
  if (certificate !== undefined) yield [certificate, ['gateway', 'store_certificate']]
  if (store.kind === 'postgres' && store.url.sslkey !== undefined)
    yield [{ file: store.url.sslkey }, ['gateway', 'store']]
  for (const [index, { url, secret: key }] of gateway.webhooks.entries()) {
    if (typeof url !== 'string') yield [url, ['gateway', 'webhooks', index, 'url']]
    if (key !== undefined) yield [key, ['gateway', 'webhooks', index, 'secret']]
  }
  for (const [index, { webhook, syslog }] of gateway.events.entries()) {
    const at = (target: string, key: string): Path => ['gateway', 'events', index, target, key]
    if (webhook && typeof webhook.url !== 'string') yield [webhook.url, at('webhook', 'url')]
    if (webhook?.secret) yield [webhook.secret, at('webhook', 'secret')]
    if (webhook?.key !== undefined) yield [{ file: webhook.key }, at('webhook', 'key')]
    if (syslog?.key !== undefined) yield [{ file: syslog.key }, at('syslog', 'key')]
  }
  if (identity.web?.client_secret) yield [identity.web.client_secret, ['identity', 'web', 'client_secret']]
  if (identity.scim) yield [identity.scim.token, ['identity', 'scim', 'token']]
}

/** Secrets that can't be had, each with the line that names it. */
const missingOf = async (named: Iterable<Named>, of: (spec: SecretSpec) => Secret, source: SourceDocument) => {
  const why = async ([spec, at]: Named): Promise<Problem[]> => {
    try {
      await of(spec).read()
      return []
    } catch (error) {
      return [{ ...source.at(at), what: asHoopError(error).about }]
    }
  }
  return (await Promise.all([...named].map(why))).flat()
}

const withoutCommands = (named: Iterable<Named>): Named[] => [...named].filter(([spec]) => !('exec' in spec))

/**
 * Reads and checks `hoop.yaml`.
 * @param path of the file; relative paths in it are resolved against its folder
 * @param secrets what the gateway remembers of them; without it no command is run to see whether it works
 * @throws {HoopError} CONFIG_MISSING; FILE_UNREADABLE; CONFIG_INVALID with a line `file:line:column: …` for each problem; SECRET_MISSING,
 * in the same form, where secrets of the gateway itself are all that is wrong
 */
export const loadConfig = async (
  path: string,
  env: NodeJS.ProcessEnv = process.env,
  secrets?: Secrets,
): Promise<LoadedConfig> => {
  const source = readDocument(await read(path))
  const written = parse(path, source)
  const folder = dirname(resolve(path))
  const config = resolvePaths(written, folder)
  const lines = (problems: readonly Problem[]): string[] => problems.map((problem) => sentence(path, problem))
  const all = secrets ?? new Secrets({ env, folder })
  const secret = (spec: SecretSpec): Secret => all.of(spec)
  const missingIn = async (named: Iterable<Named>) =>
    lines(await missingOf(secrets ? named : withoutCommands(named), secret, source))
  const missing = await missingIn(secretsOfGateway(config))
  if (missing.length > 0) throw new HoopError('SECRET_MISSING', `\n${missing.join('\n')}`)
  const { scim } = config.identity
  const isRead = scim && (secrets !== undefined || !('exec' in scim.token))
  if (isRead && (await secret(scim.token).read()).length < shortestScimToken)
    throw invalid(path, [
      { ...source.at(['identity', 'scim', 'token']), what: `the token has fewer than ${shortestScimToken} characters` },
    ])
  const hashes = new Map(Object.entries(written.policies).map(([name, policy]) => [name, contentHash(policy)]))
  return {
    path: resolve(path),
    config,
    hash: contentHash(written),
    policyHash(name) {
      const hash = hashes.get(name)
      if (hash === undefined) throw new HoopError('CONFIG_INVALID', `there is no policy ${name}`)
      return hash
    },
    warnings: lines(locateAll(cautions(config), source)),
    secrets: [...secretsOfConnections(config)].length,
    missing: () => missingIn(secretsOfConnections(config)),
    secret,
    locate(part) {
      const { line, column } = source.at(part)
      return `${path}:${line}:${column}`
    },
  }
}
