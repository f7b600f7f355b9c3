import { lstat, readlink, rename, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Environment } from '../files/environment.js'
import { readIfThere } from '../files/private-file.js'

export interface Service {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly database: string
}

const begin = (name: string): string => `# BEGIN hoop ${name} (kept by hoop connect --service)`
const end = (name: string): string => `# END hoop ${name}`

/** @see PostgreSQL documentation, "The Connection Service File" */
const serviceFile = (env: Environment): string =>
  env['PGSERVICEFILE'] || join(env['HOME'] || homedir(), '.pg_service.conf')

/**
 * The file's text with this connection's block put in or replaced; everything else stays as it is, byte for byte. A
 * password is never written.
 */
export function withService(text: string, { name, host, port, database }: Service): string {
  const block = [begin(name), `[${name}]`, `host=${host}`, `port=${port}`, `dbname=${database}`, end(name)].join('\n')
  const from = text.indexOf(begin(name))
  const to = from < 0 ? -1 : text.indexOf(end(name), from)
  if (to >= 0) return text.slice(0, from) + block + text.slice(to + end(name).length)
  return text + (text === '' || text.endsWith('\n') ? '' : '\n') + block + '\n'
}

/** Keeps the service's block in the file, which may be a link into somebody's dotfiles. @returns the file's path */
export async function keepService(env: Environment, service: Service): Promise<string> {
  const path = serviceFile(env)
  const link = (await lstat(path).catch(() => undefined))?.isSymbolicLink()
  const target = link ? resolve(dirname(path), await readlink(path)) : path
  const mode = ((await stat(target).catch(() => undefined))?.mode ?? 0o600) & 0o777
  const draft = `${target}.${process.pid}.hoop`
  await writeFile(draft, withService((await readIfThere(target)) ?? '', service), { mode })
  await rename(draft, target)
  return path
}
