import { hoop } from '../../helpers/command/hoop.js'
import type { Fault } from '../fault.js'
import type { World } from '../world.js'

/** Somebody new logs in with the command line. @returns the code that it ends with */
const logsIn = async ({ gateway }: World): Promise<string> => {
  const options = { home: gateway.home('somebody'), cwd: gateway.folder }
  const { stdout, stderr, status } = await hoop(['login', gateway.url, '--ca', gateway.caFile, '--json'], options)
  if (status === 0) return 'let in'
  const [, code] = /"code": ?"(\w+)"/.exec(stdout + stderr) ?? []
  return code ?? stdout + stderr
}

const weather = (name: string, is: World['provider']['weather'], short?: true): Fault => ({
  name: `identity provider ${name}`,
  kind: 'logins',
  ...(short && { short }),
  hurt: {},
  newcomer: 'IDP_UNREACHABLE',
  comes: logsIn,
  inject: async ({ provider }) => {
    provider.weather = is
    provider.cut()
  },
  mend: async ({ provider }) => {
    provider.weather = 'through'
  },
})

export const ofLogins: readonly Fault[] = [
  weather('down', 'cut', true),
  weather('silent', 'silent'),
  {
    ...weather('slow', 'late'),
    newcomer: 'let in',
    comes: async ({ gateway }) => {
      const { status, stdout, stderr } = await gateway.login('ines')
      return status === 0 ? 'let in' : stdout + stderr
    },
  },
  weather('answering garbage', 'garbage'),
  {
    name: 'identity provider down at the start',
    kind: 'logins',
    hurt: {},
    stopped: 'starts',
    newcomer: 'IDP_UNREACHABLE',
    inject: async ({ provider }) => {
      provider.weather = 'cut'
      provider.cut()
    },
    mend: async ({ provider }) => {
      provider.weather = 'through'
    },
  },
]
