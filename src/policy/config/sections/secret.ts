import { z } from 'zod'
import { duration } from './quantities.js'

const second = 1000

/** How long what a command printed is used, unless said. Milliseconds. */
const commandLifetime = 300 * second

/** Where a secret lies. The value itself never stands in the file. */
export type SecretSpec = {
  /** Milliseconds for which a value is used before it is read anew; absent: it is read for each use. */
  readonly lifetime?: number
} & (
  | { readonly env: string }
  | { readonly file: string }
  | {
      /** A program and its arguments; no shell is between. */
      readonly exec: readonly [string, ...string[]]
      /** Names of the gateway's variables that it gets, beside a few that every program needs. */
      readonly variables: readonly string[]
      /** Milliseconds. */
      readonly timeout: number
    }
)

const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable')

/** `env:NAME`, `file:PATH`: a secret in one word. */
export const isSecretWord = (text: string): boolean => /^(?:env:[A-Za-z_]\w*|file:.+)$/s.test(text)

const word = z
  .string()
  .refine(isSecretWord, 'env:NAME, file:PATH or { exec: [command, …] }')
  .transform((text): SecretSpec => {
    const place = text.slice(text.indexOf(':') + 1)
    return text.startsWith('env:') ? { env: place } : { file: place }
  })

const argument = z.string().refine((text) => !text.includes('\0'), 'an argument without a null byte')

const map = z
  .strictObject({
    env: variable.optional(),
    file: z.string().min(1).optional(),
    exec: z.tuple([argument.min(1)], argument).optional(),
    variables: z.array(variable).max(50).optional(),
    timeout: duration.refine((ms) => ms <= 60 * second, 'at most 60s').optional(),
    lifetime: duration.optional(),
  })
  .transform((given, context): SecretSpec => {
    const { env, file, exec, variables, timeout, lifetime } = given
    const wrong = (key: keyof typeof given, message: string) => {
      context.addIssue({ code: 'custom', message, path: [key], input: given[key] })
      return z.NEVER
    }
    if ([env, file, exec].filter((each) => each !== undefined).length !== 1)
      return wrong(env === undefined ? 'exec' : 'env', 'one of env, file and exec')
    const kept = lifetime === undefined ? {} : { lifetime }
    if (exec) {
      const settings = { variables: variables ?? [], timeout: timeout ?? 10 * second }
      return { exec, ...settings, lifetime: lifetime ?? commandLifetime }
    }
    if (variables) return wrong('variables', 'that beside exec only')
    if (timeout !== undefined) return wrong('timeout', 'that beside exec only')
    return env === undefined ? { file: file!, ...kept } : { env, ...kept }
  })

/** A secret by its place: a variable, a file, or a command that prints it. */
export const secretSpec = z.union([word, map], { error: 'env:NAME, file:PATH or { exec: [command, …] }' })
