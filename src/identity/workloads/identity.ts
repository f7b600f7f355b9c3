import { HoopError } from '../../lib/errors.js'
import type { Identity } from '../principal.js'
import { claimText, type WorkloadTrust } from './trust.js'

type Claims = Readonly<Record<string, unknown>>

/** Longest subject, characters: OpenID Connect Core 1.0, section 2. */
const longest = 255

/**
 * What stays the same from run to run, by platform: an id that no rename changes, and a name for people. GitHub's `sub` says
 * neither: its form has changed, and it holds the branch or the environment.
 */
const platforms: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'repository_id', name: 'repository' },
  { id: 'project_id', name: 'project_path' },
]

const nameOf = (claims: Claims, path: string): string => {
  const ref = claimText(claims, 'ref')
  return ref === undefined ? path : `${path}@${ref}`
}

/**
 * Who a workload is to the gateway: never with groups, so that no right of a person can be its.
 * @param matched the claims that the trust's conditions look at
 * @throws {HoopError} TOKEN_INVALID where nothing says who it is
 */
export const workloadIdentity = (
  { name: trust, issuer }: Pick<WorkloadTrust, 'name' | 'issuer'>,
  claims: Claims,
  matched: Readonly<Record<string, string>>,
): Identity => {
  const known = platforms
    .map(({ id, name }) => ({ id: claimText(claims, id), name: claimText(claims, name) }))
    .find(({ id, name }) => id !== undefined && name !== undefined)
  const id = known?.id ?? claimText(claims, 'sub')
  const subject = `workload:${trust}:${id ?? ''}`
  if (id === undefined || subject.length > longest) throw new HoopError('TOKEN_INVALID', 'it names nobody')
  // With the trust before it, since an issuer may call its accounts by somebody's address.
  const name = known?.name === undefined ? `${trust}/${id}` : nameOf(claims, known.name)
  return { subject, issuer, name, groups: [], workload: { trust, claims: matched } }
}
