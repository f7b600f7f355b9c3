import { HoopCommand } from '../src/cli/command.js'
import { HoopError } from '../src/lib/errors.js'

/** Optional dependencies of the package, which only the demo needs. */
const parts = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector', '@electric-sql/pglite-socket', 'oidc-provider']

export default class Demo extends HoopCommand {
  static override summary = 'See it work: a database, an identity provider and a gateway on this machine.'
  static override description =
    'Shows the tour through the real commands and checks each step. On a terminal it then keeps everything running, ' +
    'to play with, until Ctrl-C. Nothing leaves this machine and nothing stays on it.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<object> {
    await this.parse(Demo)
    this.assertParts()
    const { runDemo } = await import('../src/demo/demo.js')
    // Under --json stdout belongs to the result.
    const stream = this.jsonEnabled() ? process.stderr : process.stdout
    const steps = await runDemo({ stream, interactive: this.interactive, signal: this.signal })
    return { steps }
  }

  private assertParts(): void {
    const missing = parts.filter((part) => !isInstalled(part))
    if (missing.length === 0) return
    throw new HoopError('USAGE', `the demo needs ${missing.join(', ')}`, {
      hint: `Install the optional dependencies: npm install ${missing.join(' ')}`,
    })
  }
}

const isInstalled = (name: string): boolean => {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
