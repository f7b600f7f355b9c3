import { isAlphanumeric, type Span, type Subject } from '../subject.js'

/** How keys of well-known services begin, and the fewest characters that follow. */
const prefixes: readonly (readonly [prefix: string, rest: number])[] = [
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((prefix) => [prefix, 16] as const), // AWS access key ids
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => [prefix, 30] as const), // GitHub
  ['github_pat_', 22],
  ...['xoxb-', 'xoxa-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxe-', 'xapp-'].map((prefix) => [prefix, 10] as const), // Slack
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'].map((prefix) => [prefix, 16] as const), // Stripe
  ['sk-', 20], // OpenAI, Anthropic and others
  ['AIza', 30], // Google
  ['ya29.', 20],
  ['GOCSPX-', 20],
  ['glpat-', 16], // GitLab
  ['npm_', 30],
  ['pypi-', 40],
  ['hf_', 30], // Hugging Face
  ['SG.', 20], // SendGrid
  ['dop_v1_', 40], // DigitalOcean
  ['shpat_', 30], // Shopify
  ['dapi', 32], // Databricks
  ['hvs.', 24], // Vault
  ['lin_api_', 30],
  ['ntn_', 30],
  ['r8_', 30],
  ['pcsk_', 30], // Pinecone
  ['gsk_', 30],
]

/** Shorter tokens aren't worth a look. */
export const SHORTEST_KEY = 15

const inToken = (code: number): boolean => isAlphanumeric(code) || code === 0x5f || code === 0x2d

/** The key that begins in `text[start, end)`. It has a digit somewhere: words joined by dashes have none. */
const keyIn = (text: string, start: number, end: number): Span | undefined => {
  const token = text.slice(start, end)
  for (const [prefix, rest] of prefixes) {
    const at = token.indexOf(prefix)
    if (at < 0 || isAlphanumeric(token.charCodeAt(at - 1))) continue
    const body = start + at + prefix.length
    let stop = body
    // Behind a prefix with a dot the token goes on.
    while (inToken(text.charCodeAt(stop)) || (prefix.endsWith('.') && text[stop] === '.')) stop++
    if (stop - body >= rest && /\d/.test(text.slice(body, stop))) return { start: start + at, end: stop }
  }
  return undefined
}

/** Keys and tokens of well-known services. */
export const apiKeys = ({ text }: Subject): readonly Span[] => {
  const found: Span[] = []
  for (let at = 0; at < text.length; at++) {
    const start = at
    while (inToken(text.charCodeAt(at))) at++
    if (at === start) continue
    // A prefix may end in a dot; what is long enough then follows it.
    const dotted = text[at] === '.'
    const key = dotted || at - start >= SHORTEST_KEY ? keyIn(text, start, dotted ? at + 1 : at) : undefined
    if (!key) continue
    found.push(key)
    at = Math.max(at, key.end)
  }
  return found
}
