import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { configurationText } from '../../src/operator/init/configuration.js'
import { render } from './chart/render.js'

const chart = fileURLToPath(new URL('../../packaging/helm/hoop', import.meta.url))

const config = configurationText({
  url: 'https://gateway.example.com:8443',
  listen: '0.0.0.0:8443',
  issuer: 'https://login.example.com',
  clientId: 'hoop-cli',
  group: 'ml-eng',
  connection: { name: 'vectordb', url: 'postgres://hoop@db.internal/vectors' },
})

interface Container {
  readonly securityContext: unknown
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
  readonly envFrom?: unknown
  readonly args?: unknown
  readonly ports?: unknown
  readonly livenessProbe: { readonly httpGet: unknown }
  readonly readinessProbe: { readonly httpGet: unknown }
}

interface Pod {
  readonly securityContext: unknown
  readonly automountServiceAccountToken: boolean
  readonly containers: readonly [Container]
  readonly initContainers: readonly [Container]
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly defaultMode: number } }[]
}

type Labels = Readonly<Record<string, string>>
interface Selector {
  readonly matchLabels: Labels
}

interface Kinds {
  readonly ConfigMap: { readonly data: { readonly 'hoop.yaml': string } }
  readonly StatefulSet: {
    readonly spec: {
      readonly replicas: number
      readonly selector: Selector
      readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: Pod }
      readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[]
    }
  }
  readonly Service: { readonly spec: { readonly selector: Labels; readonly ports: unknown } }
  readonly PodDisruptionBudget: { readonly spec: { readonly maxUnavailable: number; readonly selector: Selector } }
  readonly NetworkPolicy: { readonly spec: { readonly podSelector: Selector; readonly ingress: unknown } }
}

/** Of each kind there is one. */
const rendered = async (values: Record<string, unknown> = {}): Promise<Kinds> => {
  const all = await render(chart, 'hoop', { config, ...values })
  return Object.fromEntries(all.map((each) => [each['kind'], each])) as Kinds
}

test('hoop.yaml comes out of the ConfigMap as it went in', async () => {
  const { ConfigMap } = await rendered()
  expect(ConfigMap.data['hoop.yaml'].trimEnd()).toBe(config.trimEnd())
})

test('the gateway runs without root, without rights, and writes to its volume alone', async () => {
  const { StatefulSet } = await rendered({ secrets: { files: 'hoop-files', environment: 'hoop-environment' } })
  const { spec } = StatefulSet.spec.template
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 })
  for (const container of [...spec.initContainers, ...spec.containers])
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  expect(spec.automountServiceAccountToken).toBe(false)
  const [{ volumeMounts, envFrom, args }] = spec.containers
  const writable = volumeMounts.filter(({ readOnly }) => !readOnly)
  expect(writable.map(({ mountPath }) => mountPath)).toEqual(['/etc/hoop', '/tmp'])
  expect(envFrom).toEqual([{ secretRef: { name: 'hoop-environment' } }])
  expect(args).toEqual(['gateway', 'start', '--config', '/etc/hoop/hoop.yaml', '--drain', '60s'])
  const claims = StatefulSet.spec.volumeClaimTemplates.map(({ metadata }) => metadata.name)
  const named = [...spec.volumes.map(({ name }) => name), ...claims]
  for (const { name } of [...volumeMounts, ...spec.initContainers[0].volumeMounts]) expect(named).toContain(name)
  const modes = spec.volumes.flatMap(({ secret }) => (secret ? [secret.defaultMode] : []))
  expect(modes).toEqual([0o400, 0o400, 0o400])
})

test('probes ask what operations.md says, by TLS, at the port that has the name', async () => {
  const { StatefulSet } = await rendered()
  const [gateway] = StatefulSet.spec.template.spec.containers
  expect(gateway.livenessProbe.httpGet).toEqual({ path: '/livez', port: 'gateway', scheme: 'HTTPS' })
  expect(gateway.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'gateway', scheme: 'HTTPS' })
  expect(gateway.ports).toEqual([{ name: 'gateway', containerPort: 8443 }])
})

test('selectors of service, budget and policy find the pods, and one gateway at a time may be away', async () => {
  const { StatefulSet, Service, PodDisruptionBudget, NetworkPolicy } = await rendered()
  const { labels } = StatefulSet.spec.template.metadata
  for (const selector of [
    StatefulSet.spec.selector.matchLabels,
    Service.spec.selector,
    PodDisruptionBudget.spec.selector.matchLabels,
    NetworkPolicy.spec.podSelector.matchLabels,
  ]) {
    expect(Object.keys(selector)).toHaveLength(2)
    expect(labels).toMatchObject(selector)
  }
  expect(PodDisruptionBudget.spec.maxUnavailable).toBe(1)
})

test('metrics have a port only where they are asked for, and only for who is named', async () => {
  const { NetworkPolicy: closed } = await rendered()
  expect(closed.spec.ingress).toEqual([{ ports: [{ port: 'gateway', protocol: 'TCP' }] }])
  const prometheus = [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }]
  const { NetworkPolicy, Service } = await rendered({
    metricsPort: 9464,
    networkPolicy: { prometheus, agents: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
  })
  expect(NetworkPolicy.spec.ingress).toEqual([
    { ports: [{ port: 'gateway', protocol: 'TCP' }], from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
    { ports: [{ port: 'metrics', protocol: 'TCP' }], from: prometheus },
  ])
  expect(Service.spec.ports).toContainEqual({ name: 'metrics', port: 9464, targetPort: 'metrics' })
  expect(await rendered({ networkPolicy: { enabled: false } })).not.toHaveProperty('NetworkPolicy')
})

test('two gateways take a store that they share', async () => {
  await expect(rendered({ replicas: 2 })).rejects.toThrow('more than one gateway needs a store that they share')
  const shared = config.replace('sqlite:hoop.db', 'postgres://hoop@db.internal/hoop')
  const { StatefulSet } = await rendered({ replicas: 2, config: shared })
  expect(StatefulSet.spec.replicas).toBe(2)
})

test('without hoop.yaml, or the names of its secrets, there is nothing', async () => {
  await expect(rendered({ config: '' })).rejects.toThrow('--set-file config=hoop.yaml')
  await expect(rendered({ secrets: { keys: '' } })).rejects.toThrow('secrets.keys')
})
