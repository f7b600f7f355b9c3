import { readFile } from 'node:fs/promises'
import { HoopError } from '../../../lib/errors.js'
import type { Environment } from '../../files/environment.js'
import { githubToken } from './github.js'

/** Where a program's own token comes from. */
export interface TokenSource {
  /** As `hoop status` says it. */
  readonly name: 'HOOP_TOKEN_FILE' | 'GitHub Actions' | 'HOOP_ID_TOKEN'
  /** A token for an audience: a new one at each call, where the source has them. @throws {HoopError} TOKEN_INVALID, IDP_UNREACHABLE */
  token(audience: string, signal: AbortSignal): Promise<string>
}

const trimmed = (text: string, where: string): string => {
  const token = text.trim()
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token
  throw new HoopError('TOKEN_INVALID', `${where} holds no token`, { hint: `Look at what fills ${where}.` })
}

/** Kubernetes and others put a new one in its place before the old one ends. */
const fromFile = (path: string): TokenSource => ({
  name: 'HOOP_TOKEN_FILE',
  token: async () => {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      const { code = 'error' } = cause as NodeJS.ErrnoException
      throw new HoopError('TOKEN_INVALID', `HOOP_TOKEN_FILE cannot be read (${code})`, {
        hint: 'Check that the file is there and that this user may read it.',
        cause,
      })
    })
    return trimmed(text, 'the file of HOOP_TOKEN_FILE')
  },
})

/**
 * The token that the platform has for whoever runs here, in the order of docs/workloads.md: a file that the environment
 * names, GitHub's, GitLab's. Undefined where there is none.
 */
export const findSource = (env: Environment): TokenSource | undefined => {
  const { HOOP_TOKEN_FILE: file, HOOP_ID_TOKEN: given } = env
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env
  if (file) return fromFile(file)
  if (url && bearer)
    return { name: 'GitHub Actions', token: (audience, signal) => githubToken(env, { url, bearer, audience }, signal) }
  if (given) return { name: 'HOOP_ID_TOKEN', token: async () => trimmed(given, 'HOOP_ID_TOKEN') }
  return undefined
}
