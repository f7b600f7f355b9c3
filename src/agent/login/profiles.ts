import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { type Environment, home } from '../files/environment.js'
import { withLock } from '../files/lock.js'
import { readIfThere, writePrivate } from '../files/private-file.js'

/** A gateway that somebody logged in to. Nothing in it is secret. */
export interface Profile {
  readonly name: string
  /** https, host, port, and a path where a reverse proxy adds one; no slash at its end. */
  readonly url: string
  /** PEM; the only authority trusted for this gateway where it is set, the system's where not. */
  readonly ca?: string
  readonly issuer: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Account under which the secrets are kept; differs between homes that know the same gateway. */
  readonly account: string
  /** Where the secrets were put: a keyring that is locked looks like an empty one. */
  readonly keptIn: 'keyring' | 'file'
}

interface Profiles {
  readonly current?: string
  readonly gateways: Readonly<Record<string, Omit<Profile, 'name'>>>
}

const path = (env: Environment): string => join(home(env), 'gateways.json')

async function readProfiles(env: Environment): Promise<Profiles> {
  const text = await readIfThere(path(env))
  if (text === undefined) return { gateways: {} }
  try {
    const { current, gateways = {} } = JSON.parse(text) as Partial<Profiles>
    return { ...(current !== undefined && { current }), gateways }
  } catch (cause) {
    throw new HoopError('CONFIG_INVALID', path(env), { cause, hint: 'Delete the file and run: hoop login' })
  }
}

/** The profile of that name or URL, or the one last logged in to. */
export async function findProfile(env: Environment, wanted = env['HOOP_GATEWAY']): Promise<Profile | undefined> {
  const { current, gateways } = await readProfiles(env)
  const name = wanted || current
  if (name === undefined) return undefined
  if (Object.hasOwn(gateways, name)) return { ...gateways[name]!, name }
  const url = asAddress(name)
  const found = Object.entries(gateways).find(([, profile]) => profile.url === url)
  return found && { ...found[1], name: found[0] }
}

/** Adds or replaces a profile and makes it the current one. */
export const saveProfile = (env: Environment, { name, ...profile }: Profile): Promise<void> =>
  change(env, ({ gateways }) => ({ current: name, gateways: { ...gateways, [name]: profile } }))

/** Forgets a profile; where it was the current one, none is. */
export const forgetProfile = (env: Environment, name: string): Promise<void> =>
  change(env, ({ current, gateways: { [name]: _, ...gateways } }) => ({
    ...(current !== undefined && current !== name && { current }),
    gateways,
  }))

async function change(env: Environment, next: (profiles: Profiles) => Profiles): Promise<void> {
  await withLock(`${path(env)}.lock`, AbortSignal.timeout(10_000), async () => {
    await writePrivate(path(env), JSON.stringify(next(await readProfiles(env)), null, 2) + '\n')
  })
}

/** A name for a new profile: the host, with its port where another gateway has the host's name. */
export async function nameFor(env: Environment, url: string): Promise<string> {
  const { gateways } = await readProfiles(env)
  const known = Object.entries(gateways).find(([, profile]) => profile.url === url)
  if (known) return known[0]
  const { hostname, host } = new URL(url)
  return Object.hasOwn(gateways, hostname) ? host : hostname
}

export const newAccount = (): string => randomUUID()

/** A gateway's address as profiles keep it, or undefined where it is none. `gateway:8443` means https. */
export function asAddress(address: string): string | undefined {
  const url = URL.parse(address.includes('://') ? address : `https://${address}`)
  return url?.protocol === 'https:' ? url.origin + url.pathname.replace(/\/+$/, '') : undefined
}
