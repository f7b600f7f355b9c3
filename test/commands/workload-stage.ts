import { type Issuers, startIssuers } from '../helpers/issuer/issuer.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'

export interface ProgramStage extends AsyncDisposable {
  readonly gateway: TestGateway
  readonly issuers: Issuers
}

const job = { repository_id: '4711', repository: 'acme/app', ref: 'refs/heads/main', sub: 'repo:acme/app' }

/** A gateway that takes GitHub's jobs, GitLab's and pods, of issuers in another process; the database is the suite's. */
export const programStage = async (database: string): Promise<ProgramStage> => {
  await using stack = new AsyncDisposableStack()
  const issuers = stack.use(await startIssuers())
  await issuers.control.claims('github', job)
  const workloads = {
    deploy: { issuer: issuers.issuer('github'), when: { repository_id: '4711' } },
    gitlab: { issuer: issuers.issuer('gitlab'), reuse: 'same-key', when: { project_id: '12' } },
    pods: { issuer: issuers.issuer('cluster'), reuse: 'same-key', when: { 'kubernetes.io.namespace': 'ci' } },
  }
  const access = [
    { groups: ['contractors', 'ml-eng'], policy: 'open' },
    { workloads: Object.keys(workloads), policy: 'open' },
  ]
  const gateway = stack.use(await startTestGateway({ database, access, identity: { workloads, grant: { ttl: '6s' } } }))
  const owned = stack.move()
  return { gateway, issuers, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
