import { ClientCommand } from '../src/cli/command.js'

export default class Logout extends ClientCommand {
  static override summary = 'End your login at the identity provider and delete it here.'
  static override examples = [
    '<%= config.bin %> logout',
    { description: 'from another gateway than the last', command: '<%= config.bin %> logout --gateway work' },
  ]

  async run() {
    const { flags } = await this.parse(Logout)
    const { logout } = await import('../src/agent/login/logout.js')
    const { profile, revoked, failed } = await logout(this.env, flags.gateway, this.signal)
    for (const what of failed) this.caution(what)
    this.say(`Logged out of ${profile.url}.${revoked ? '' : ' Nothing was ended at the identity provider.'}`)
    return { gateway: profile.url, profile: profile.name, revoked, failed }
  }
}
