import type { ServiceTokenInfo, TokenMark } from '../../lib/api/service-tokens.js'
import { pairs, table } from '../table.js'

const local = (time: string | undefined): string | undefined => time && new Date(time).toLocaleString('sv-SE')

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
export const tokenHeadings = ['name', 'id', 'owner', 'connections', 'expires', 'last used', 'live', 'note'] as const

export const tokenRow = (token: ServiceTokenInfo): (string | number | undefined)[] => [
  ...[token.name, token.id, token.owner.name, scopeText(token), local(token.expiresAt), usedText(token)],
  ...[token.live, marksText(token)],
]

export const tokenTable = (tokens: readonly ServiceTokenInfo[]): string => table(tokenHeadings, tokens.map(tokenRow))

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
