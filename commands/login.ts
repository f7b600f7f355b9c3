import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { mayMove } from '../src/cli/accessible.js'
import { HoopCommand } from '../src/cli/command.js'
import { deviceCodeText } from '../src/cli/device-code.js'
import { waiting, type Waiting } from '../src/cli/spinner.js'
import { plain, span } from '../src/cli/text.js'

export default class Login extends HoopCommand {
  static override summary = 'Log in to a gateway through your identity provider.'
  static override description = `Shows an address and a code: open the address on any device, enter the code, and log in there.
The login is kept in the system's keyring, or in a file that only you can read where there is none (HOOP_KEYRING=auto|system|file).
For scripts and CI, set HOOP_TOKEN to an ID token of the gateway's issuer instead of logging in.
With --json each event is a line: {"event":"code",…}, then {"event":"logged_in",…}.`
  static override examples = [
    { description: 'Log in for the first time', command: '<%= config.bin %> login https://gateway.example.com:8443' },
    {
      description: 'to a gateway with a certificate of its own CA',
      command: '<%= config.bin %> login https://gateway.example.com:8443 --ca ca.pem --name work',
    },
    { description: 'Log in again', command: '<%= config.bin %> login' },
  ]
  static override args = {
    gateway: argument({ description: 'URL of the gateway, or the name of a profile', ignoreStdin: true }),
  }
  static override flags = {
    ca: string({
      helpValue: 'FILE',
      description: "CA certificate (PEM) that signs the gateway's; no other is trusted then",
    }),
    name: string({ helpValue: 'PROFILE', description: "name to keep the gateway under (default: its host's name)" }),
    qr: boolean({ allowNo: true, default: true, description: 'show the address as a QR code on a terminal' }),
  }
  static override jsonLines = true

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Login)
    const { login } = await import('../src/agent/login/login.js')
    const tty = process.stderr.isTTY && !this.jsonEnabled() && mayMove(this.env)
    let wait: Promise<Waiting> | undefined
    const stop = async (): Promise<void> => (await wait)?.stop()
    try {
      const { profile, claims, keptIn } = await login(
        this.env,
        {
          ...(args.gateway !== undefined && { gateway: args.gateway }),
          ...(flags.ca !== undefined && { caFile: flags.ca }),
          ...(flags.name !== undefined && { name: flags.name }),
        },
        (code) => {
          this.event({ event: 'code', ...code })
          if (this.jsonEnabled()) return
          wait = deviceCodeText(code, tty && flags.qr).then((text) => {
            this.say(plain(text, '\n'))
            return waiting('Waiting for you to log in', tty)
          })
        },
        (text) => this.caution(text),
        this.signal,
      )
      await stop()
      const expiresAt = new Date(claims.expiresAt).toISOString()
      this.event({
        event: 'logged_in',
        subject: claims.subject,
        name: claims.name,
        profile: profile.name,
        gateway: profile.url,
        expiresAt,
        keptIn,
      })
      this.say(
        `Logged in to ${profile.url} as ${plain(claims.name)} (${span(claims.expiresAt - Date.now())}, renewed while you work).\n` +
          `Next: hoop connections`,
      )
    } finally {
      await stop()
    }
  }
}
