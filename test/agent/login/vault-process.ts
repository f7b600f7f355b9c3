/** Writes, reads and deletes a login with the environment's vaults, and prints what happened as JSON. */
const built = (path: string): string => new URL(`../../../dist/src/${path}`, import.meta.url).href
type Secrets = typeof import('../../../src/agent/login/secrets.js')
const { readLogin, removeLogin, writeLogin } = (await import(built('agent/login/secrets.js'))) as Secrets

const account = 'account'
let warnings = 0
const secrets = { idToken: 'secret', key: {} }
const writes = await writeLogin(process.env, account, secrets, () => warnings++).then(
  ({ kind }) => kind as string,
  (error: { code: string }) => error.code,
)
const found = await readLogin(process.env, { account }).catch(() => undefined)
await removeLogin(process.env, account).catch(() => undefined)
const left = await readLogin(process.env, { account }).catch(() => undefined)
process.stdout.write(
  JSON.stringify({
    writes,
    warnings,
    found: found?.secrets.idToken ?? null,
    foundIn: found?.vault.kind ?? null,
    left: left?.secrets.idToken ?? null,
  }),
)
process.exit()

export {}
