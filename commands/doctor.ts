import type { Finding } from '../src/agent/doctor.js'
import { ClientCommand } from '../src/cli/command.js'
import { plain, wrapWords } from '../src/cli/text.js'

/** Words, so that nothing depends on a color or a sign. */
const words = { ok: 'ok', note: 'note', wrong: 'WRONG' } as const

export default class Doctor extends ClientCommand {
  static override summary = 'Look at what hoop needs here, at the gateway, and at what you may use; say what is wrong.'
  static override description =
    'What it prints holds no secret and can go into a ticket as it is. Exits with 78 where something is wrong.'
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json']

  async run(): Promise<{ findings: readonly Finding[] }> {
    const { flags } = await this.parse(Doctor)
    const { examine } = await import('../src/agent/doctor.js')
    const options = { env: this.env, gateway: flags.gateway, signal: this.signal }
    const findings = await examine(this.config.version, options)
    const columns = process.stdout.isTTY ? process.stdout.columns : Infinity
    for (const { what, state, says, hint } of findings) {
      const lines = wrapWords(plain(says), Math.max(20, columns - 19))
      this.log(`${words[state].padEnd(5)}  ${what.padEnd(10)}  ${lines.join(`\n${' '.repeat(19)}`)}`)
      if (hint && state !== 'ok') this.log(`${' '.repeat(19)}${plain(hint)}`)
    }
    if (findings.some(({ state }) => state === 'wrong')) {
      const { HoopError } = await import('../src/lib/errors.js')
      process.exitCode = new HoopError('CONFIG_INVALID').exit
    }
    return { findings }
  }
}
