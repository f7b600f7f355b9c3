import { basename, dirname } from 'node:path'
import { HoopCommand } from '../src/cli/command.js'
import { HoopError } from '../src/lib/errors.js'

/** What only the demo needs, 32 MB, is no part of an installation: hoop with all else takes 82. */
const parts = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector', 'oidc-provider']

export default class Demo extends HoopCommand {
  static override summary = 'See it work: a database, an identity provider and a gateway on this machine.'
  static override description =
    'Shows the tour through the real commands and checks each step. On a terminal it waits for Enter between them, and then keeps everything running, ' +
    'to play with, until Ctrl-C. Nothing leaves this machine and nothing stays on it. Its database and its identity ' +
    'provider come with a checkout; elsewhere it says what to install.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
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
    throw new HoopError('DEMO_INCOMPLETE', missing.join(', '), { hint: this.howToInstall() })
  }

  /** All of them, and in the versions that the demo was tried with: npm takes away what a command doesn't name. */
  private howToInstall(): string {
    const { root, pjson } = this.config
    if (basename(dirname(root)) !== 'node_modules') return 'Run in the folder of hoop: npm ci --include=dev'
    // Without the caret, which not every shell leaves alone.
    const wanted = parts.map((part) => `${part}@${pjson.devDependencies?.[part]?.replace('^', '') ?? 'latest'}`)
    return `Install beside hoop (without -g where hoop was): npm install -g ${wanted.join(' ')}`
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
