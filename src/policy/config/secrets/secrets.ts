import { canonical } from '../canonical.js'
import type { SecretSpec } from '../sections/secret.js'
import { runCommand } from './command.js'
import { SecretFailure } from './failure.js'
import { readSecretFile } from './file.js'
import { Secret } from './secret.js'

/** Where a secret comes from, in words without the secret. */
const placeOf = (spec: SecretSpec): string => {
  if ('env' in spec) return `environment variable ${spec.env}`
  return 'file' in spec ? `file ${spec.file}` : `command ${spec.exec[0]}`
}

const fetched = async (spec: SecretSpec, folder: string, env: NodeJS.ProcessEnv): Promise<string> => {
  if ('env' in spec) {
    const value = env[spec.env]
    if (value) return value
    throw new SecretFailure(`environment variable ${spec.env} is not set`)
  }
  const text = 'file' in spec ? await readSecretFile(spec.file) : await runCommand(spec, folder, env)
  const value = text.replace(/\r?\n$/, '')
  if (value === '')
    throw new SecretFailure('file' in spec ? `${placeOf(spec)} is empty` : `${placeOf(spec)} printed nothing`)
  if (value.includes('\0')) throw new SecretFailure(`${placeOf(spec)} gave a value with a null byte`)
  return value
}

/** What became of a reading, for the log. */
export interface SecretNews {
  readonly place: string
  /** Why it can't be read; undefined where it can again. */
  readonly failure: SecretFailure | undefined
  /** Whether the value before it is used meanwhile. */
  readonly kept: boolean
}

export interface SecretsOptions {
  /** Where `env:` looks, and from which commands get the variables that are named; default: the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Where commands run: the folder of `hoop.yaml`. */
  readonly folder: string
  readonly told?: (news: SecretNews) => void
}

/** All secrets of a configuration, each remembered for its lifetime: also beyond a reload. */
export class Secrets {
  readonly #options: SecretsOptions
  readonly #byPlace = new Map<string, Secret>()

  constructor(options: SecretsOptions) {
    this.#options = options
  }

  /** The same object for the same spec. @param spec with an absolute path */
  of(spec: SecretSpec): Secret {
    const key = canonical(spec)
    const found = this.#byPlace.get(key) ?? this.#make(spec)
    this.#byPlace.set(key, found)
    return found
  }

  /** How many could not be read anew, so that the value before is used while it lasts. */
  get concerns(): number {
    return [...this.#byPlace.values()].filter(({ concern }) => concern !== undefined).length
  }

  /** Has each read anew at its next use, as after a reload. */
  doubt(): void {
    for (const secret of this.#byPlace.values()) secret.doubt()
  }

  #make(spec: SecretSpec): Secret {
    const { env = process.env, folder, told } = this.#options
    const place = placeOf(spec)
    return new Secret({
      spec,
      fetch: () => fetched(spec, folder, env),
      told: (failure, kept) => told?.({ place, failure, kept }),
    })
  }
}
