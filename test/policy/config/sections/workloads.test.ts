import { expect, test } from 'vitest'
import { whyNotPinned } from '../../../../src/policy/config/sections/workload-pins.js'
import { identitySection } from '../../../../src/policy/config/sections/identity.js'

const github = 'https://token.actions.githubusercontent.com'
const cluster = 'https://oidc.eks.example.com/id/1'

test.for<[string, string, Record<string, unknown>, RegExp | undefined]>([
  ['a repository by its id', github, { repository_id: 4711 }, undefined],
  ['an owner by its id', github, { repository_owner_id: ['1', '2'], ref: 'refs/heads/main' }, undefined],
  [
    'a branch of anybody',
    github,
    { ref: 'refs/heads/main' },
    /repository_id or repository_owner_id.*every repository on GitHub/,
  ],
  ['a repository by its name', github, { repository: 'acme/app' }, /repository_id or repository_owner_id/],
  ['a workflow of anybody', github, { job_workflow_ref: 'acme/ci/.github/workflows/x.yml@main' }, /repository_id/],
  ['a pattern for an id', github, { repository_id: { pattern: '47.*' } }, /by value/],
  [
    'GitHub on a server of one’s own',
    'https://ghe.example.com/_services/token',
    { environment: 'prod' },
    /repository_id/,
  ],
  ['a GitLab project', 'https://gitlab.com', { project_id: '7' }, undefined],
  [
    'anybody on GitLab',
    'https://gitlab.com',
    { sub: { pattern: 'project_path:acme/.*' } },
    /project_id or namespace_id/,
  ],
  ['a service account', cluster, { sub: 'system:serviceaccount:ci:loader' }, undefined],
  ['service accounts of a namespace', cluster, { sub: { pattern: 'system:serviceaccount:ci:.+' } }, undefined],
  ['a namespace', cluster, { 'kubernetes.io.namespace': 'ci' }, undefined],
  ['any service account', cluster, { sub: { pattern: '.+' } }, /who it is/],
  ['any word', cluster, { sub: { pattern: '[a-zA-Z0-9:/_.@-]+' } }, /who it is/],
  ['circumstances alone', cluster, { environment: 'prod', ref_protected: true }, /circumstances/],
  ['a truth', cluster, { email_ok: true }, /who it is/],
  ['nothing', cluster, {}, /who it is/],
])('a trust that pins %s', ([, issuer, when, why]) => {
  const found = whyNotPinned(issuer, when as never)
  if (why === undefined) expect(found).toBeUndefined()
  else expect(found).toMatch(why)
})

const section = (workloads: unknown) =>
  identitySection.safeParse({ issuer: 'https://login.example.com', client_id: 'hoop-cli', workloads })

test.for<[string, Record<string, unknown>, string]>([
  ['an issuer without TLS', { issuer: 'http://ci.example.com' }, 'issuer'],
  ['a shared secret for a signature', { algorithms: ['HS256'] }, 'algorithms'],
  ['no signature', { algorithms: ['none'] }, 'algorithms'],
  ['keys without TLS', { jwks: 'http://ci.example.com/jwks' }, 'jwks'],
  ['a pattern that nobody can read', { when: { sub: { pattern: '(' } } }, 'when'],
  ['a pattern that takes exponential time elsewhere and is no RE2', { when: { sub: { pattern: '(?<=a)b' } } }, 'when'],
  ['a number that JSON cannot hold', { when: { sub: 1.5 } }, 'when'],
  ['another key', { subject: 'x' }, ''],
  ['people’s own audience', { issuer: 'https://login.example.com', audience: 'hoop-cli' }, 'audience'],
])('refuses %s', ([, over, at]) => {
  const { error } = section({ ci: { issuer: cluster, when: { sub: 'me' }, ...over } })
  expect(error?.issues.map(({ path }) => path.join('.')).join()).toContain(
    ['workloads.ci', at].filter(Boolean).join('.'),
  )
})

test('takes a trust, with what is left out', () => {
  const { data } = section({ ci: { issuer: cluster, when: { sub: 'me' } } })
  expect(data?.workloads['ci']).toEqual({ issuer: cluster, reuse: 'never', when: { sub: 'me' } })
})
