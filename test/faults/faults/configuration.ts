import { X509Certificate } from 'node:crypto'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { hoop } from '../../helpers/command/hoop.js'
import type { Fault } from '../fault.js'
import { untilSaid } from '../processes.js'
import type { World } from '../world.js'

const certificate = ({ gateway }: World): string => join(gateway.folder, 'tls/cert.pem')

/** What a TLS client gets to see, until it is the certificate that is there by now. */
const seesNew = async (world: World): Promise<string> => {
  const { url, caFile } = world.gateway
  const { hostname: host, port } = new URL(url)
  const wanted = new X509Certificate(await readFile(certificate(world))).fingerprint256
  const ca = await readFile(caFile)
  for (let tries = 0; tries < 300; tries++) {
    const socket = connect({ host, port: Number(port), ca })
    await once(socket, 'secureConnect')
    const { fingerprint256 } = socket.getPeerCertificate()
    socket.destroy()
    if (fingerprint256 === wanted) return world.newcomer()
    await sleep(100)
  }
  return 'the old certificate'
}

export const ofConfiguration: readonly Fault[] = [
  {
    name: 'certificate replaced',
    kind: 'configuration',
    hurt: {},
    newcomer: 'let in',
    comes: seesNew,
    inject: async (world) => {
      const { gateway } = world
      const before = await readFile(certificate(world), 'utf8')
      const renewed = await hoop(['gateway', 'init', '--renew-certificate', gateway.folder], { home: gateway.folder })
      if (renewed.status !== 0 || (await readFile(certificate(world), 'utf8')) === before)
        throw new Error(renewed.stderr)
    },
  },
  {
    name: 'hoop.yaml replaced by a bad file',
    kind: 'configuration',
    hurt: {},
    newcomer: 'let in',
    inject: async ({ gateway, kept }) => {
      await copyFile(gateway.configFile, kept.file('hoop.yaml'))
      await untilSaid(gateway.server, 'the configuration that was in force stays in force', () =>
        writeFile(gateway.configFile, 'gateway: [nobody\npolicies: {}\n'),
      )
    },
    mend: ({ gateway, kept }) => copyFile(kept.file('hoop.yaml'), gateway.configFile),
  },
]
