/**
 * The session, and what a browser is known by while it signs in. `__Host-` keeps others of the domain from setting them
 * (RFC 6265bis, section 4.1.3.2). They are Lax, since people come from elsewhere: from the identity provider, and by links in
 * chats and mails. With Strict the provider's redirect would arrive without the one, and a link without the other. What
 * changes anything is a POST, which Lax keeps to our own pages, with a token of its own besides.
 */
export const cookies = { session: '__Host-hoop', browser: '__Host-hoop-browser' } as const

/** @returns undefined where there is none, or there are several */
export const cookieOf = (header: string | undefined, name: string): string | undefined => {
  const found = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  const [only] = found
  const value = found.length === 1 ? only?.slice(name.length + 1) : undefined
  return value !== undefined && /^[\w-]{1,100}$/.test(value) ? value : undefined
}

/** @param seconds that it lasts; 0 deletes it */
export const setCookie = (name: string, value: string, seconds: number): string =>
  `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`
