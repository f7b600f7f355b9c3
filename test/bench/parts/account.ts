import { execFileSync } from 'node:child_process'
import { chown } from 'node:fs/promises'

/** The account that a pooler runs as, since it refuses to run as root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

const idOf = (flag: '-u' | '-g', name: string): number => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }))

/** undefined: this process is not root's, and its own account will do. */
export const serviceAccount = (): Account | undefined =>
  process.getuid?.() === 0 ? { uid: idOf('-u', 'nobody'), gid: idOf('-g', 'nobody') } : undefined

/** Gives files to the service account, so that they need be readable to nobody else. */
export const giveAway = async (...paths: readonly string[]): Promise<void> => {
  const account = serviceAccount()
  if (account) await Promise.all(paths.map((path) => chown(path, account.uid, account.gid)))
}
