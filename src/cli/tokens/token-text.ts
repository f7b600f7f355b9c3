import type { ServiceTokenInfo, TokenMark } from '../../lib/api/service-tokens.js'
import { type Column, list, type View } from '../list/list.js'
import { momentText } from '../moment.js'
import { pairs } from '../table.js'

const local = (time: string | undefined): string | undefined => time && momentText(time)

/** What stands in the list beside a token that is worth a look. */
const words: Readonly<Record<TokenMark, string>> = {
  revoked: 'revoked',
  expired: 'expired',
  'expires-soon': 'expires within 7 days',
  unused: 'not used for 30 days',
  'owner-revoked': 'owner is shut out',
  'owner-gone': 'owner is gone',
  'access-lost': 'owner lost the access',
}

const scopeText = ({ connections }: ServiceTokenInfo): string =>
  connections.map(({ connection, policy }) => `${connection} (${policy})`).join(', ')

const usedText = ({ lastUsed }: ServiceTokenInfo): string =>
  lastUsed ? [local(lastUsed.at), lastUsed.from && `from ${lastUsed.from}`].filter(Boolean).join(' ') : 'never'

const marksText = ({ marks }: ServiceTokenInfo): string => marks.map((mark) => words[mark]).join(', ')

/** Of a list of tokens. */
export const tokenColumns: readonly Column<ServiceTokenInfo>[] = [
  { heading: 'name', of: ({ name }) => name },
  { heading: 'id', goes: 5, of: ({ id }) => id },
  { heading: 'owner', goes: 2, of: ({ owner }) => owner.name },
  { heading: 'connections', goes: 3, of: scopeText },
  { heading: 'expires', of: ({ expiresAt }) => local(expiresAt) },
  { heading: 'last used', goes: 4, of: usedText },
  { heading: 'live', goes: 1, of: ({ live }) => live },
  { heading: 'note', wraps: true, of: marksText },
]

export const tokenTable = (tokens: readonly ServiceTokenInfo[], view: View): string => list(tokenColumns, tokens, view)

export const tokenPairs = (token: ServiceTokenInfo): string => {
  const { name, id, owner, createdAt, createdBy, expiresAt, rotatedAt, oldSecretUntil, networks, boundTo } = token
  const { revoked, live } = token
  return pairs({
    Name: name,
    Id: id,
    Owner: `${owner.name} (${owner.subject})`,
    Connections: scopeText(token),
    'Only from': networks.join(', '),
    'Bound to key': boundTo,
    Made: `${local(createdAt)} by ${createdBy.name}`,
    Expires: local(expiresAt),
    Rotated: local(rotatedAt),
    'Old secret until': local(oldSecretUntil),
    'Last used': usedText(token),
    'Live sessions': live,
    Revoked: revoked && `${local(revoked.at)} by ${revoked.by.name}: ${revoked.reason}`,
    Note: marksText(token),
  })
}
