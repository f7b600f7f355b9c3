import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { isIP } from 'node:net'
import { generateSigningKey } from '../../identity/keys.js'
import { ledgerKeysText, newLedgerKeys } from '../../ledger/log/key-file.js'
import { layout } from '../../gateway/host/layout.js'
import { beginIndex } from '../../recording/open-index.js'
import { issueServer, makeAuthority } from './authority.js'
import { hostOf } from '../../gateway/host/inspect.js'
import { type Answers, passwordVariable } from './answers.js'
import { configurationText } from './configuration.js'
import { makePrivateFolder, type NewFile, placeFiles } from './place-files.js'

export interface Initialized {
  readonly folder: string
  /** Paths in the folder, in the order in which a newcomer should look at them. */
  readonly files: readonly string[]
  /** Files that were in the way and are kept under another name. */
  readonly kept: readonly string[]
  /** Variables that the configuration takes secrets from. */
  readonly environment: readonly string[]
  /** Commands to run next. */
  readonly next: readonly string[]
}

/** Names that the certificate is good for: the address that clients use, and this machine for the operator. */
const certificateNames = ({ url, listen }: Answers): string[] => {
  const bound = hostOf(`https://${listen}`)
  const specific = isIP(bound) && !['0.0.0.0', '::'].includes(bound) ? [bound] : []
  return [...new Set([hostOf(url), ...specific, 'localhost', '127.0.0.1', '::1'])]
}

const secretFiles = async ({ connection, url }: Answers): Promise<NewFile[]> => [
  {
    path: layout.signingKeys,
    contents: `${JSON.stringify({ keys: [await generateSigningKey()] }, undefined, 2)}\n`,
    mode: 0o600,
  },
  { path: layout.maskingKey, contents: randomBytes(32), mode: 0o600 },
  { path: layout.ledgerKeys, contents: ledgerKeysText(newLedgerKeys(new URL(url).host)), mode: 0o600 },
  ...(connection.password === undefined
    ? []
    : [{ path: layout.password(connection.name), contents: `${connection.password}\n`, mode: 0o600 }]),
]

const certificateFiles = async (answers: Answers): Promise<NewFile[]> => {
  const authority = await makeAuthority(`hoop gateway ${hostOf(answers.url)}`)
  const server = await issueServer(authority, certificateNames(answers))
  return [
    { path: layout.authority, contents: authority.cert, mode: 0o644 },
    { path: layout.authorityKey, contents: authority.key, mode: 0o600 },
    { path: layout.cert, contents: server.cert, mode: 0o644 },
    { path: layout.key, contents: server.key, mode: 0o600 },
  ]
}

/** A path as a shell takes it. */
const quoted = (path: string): string => (/^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

const nextCommands = (answers: Answers, folder: string): string[] => {
  const inFolder = (name: string) => {
    const [path, near] = [resolve(folder, name), relative('', join(folder, name))]
    return quoted(near.startsWith('..') ? path : near || name)
  }
  return [
    `hoop gateway check --config ${inFolder(layout.config)}`,
    `hoop gateway start --config ${inFolder(layout.config)}`,
    `hoop login ${answers.url} --ca ${inFolder(layout.authority)}`,
  ]
}

/**
 * Sets up a folder for a gateway: configuration, authority and certificate, signing and masking keys, recordings.
 * @throws {HoopError} FILE_EXISTS where something is there and `force` is not set; STORE_FAILED
 */
export const initializeGateway = async (
  folder: string,
  answers: Answers,
  { force = false }: { readonly force?: boolean } = {},
): Promise<Initialized> => {
  const home = resolve(folder)
  const files = [
    { path: layout.config, contents: configurationText(answers), mode: 0o644 },
    ...(await certificateFiles(answers)),
    ...(await secretFiles(answers)),
  ]
  await mkdir(home, { recursive: true })
  const kept = await placeFiles(home, files, force)
  await makePrivateFolder(join(home, layout.recordings))
  await beginIndex(join(home, layout.recordings))
  return {
    folder: home,
    files: [...files.map(({ path }) => path), `${layout.recordings}/`],
    kept,
    environment: answers.connection.password === undefined ? [passwordVariable(answers.connection.name)] : [],
    next: nextCommands(answers, home),
  }
}
