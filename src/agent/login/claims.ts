/** What the CLI shows of an ID token. It is read, not checked: the gateway does that. */
export interface Claims {
  readonly subject: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** The claims of a JWT, or undefined where it is none. */
export function readClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.')
  if (!payload || !signature) return undefined
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>
    const { sub, iss, exp, email } = claims
    if (typeof sub !== 'string' || typeof iss !== 'string' || typeof exp !== 'number') return undefined
    const name = [email, claims['preferred_username'], claims['name'], sub].find((n) => typeof n === 'string' && n)
    return { subject: sub, name: name as string, expiresAt: exp * 1000 }
  } catch {
    return undefined
  }
}
