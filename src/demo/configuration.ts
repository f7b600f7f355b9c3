import { readFile, writeFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'

const groups = {
  ...{ contractors: 'contractors', engineers: 'ml-eng', protection: 'dpo', security: 'security', platform: 'platform' },
}

/** What the demo hides and forbids. It reads well in the file, since people look there. */
export const research = {
  clear_for: [groups.protection],
  masks: [
    { columns: ['public.customers.email'], with: 'email' },
    { columns: ['public.customers.ssn', 'public.customers.card'], with: { keep_last: 4 } },
    { columns: ['public.customers.phone'], with: 'redact' },
    { columns: ['public.documents.embedding'], with: 'vector' },
  ],
  rules: [
    { name: 'no-drop', when: { statement: ['drop', 'truncate'] }, do: 'block' },
    { name: 'blind-write', when: { statement: ['update', 'delete'], where: 'missing' }, do: 'block' },
    {
      name: 'change-data',
      when: { statement: ['update', 'delete'] },
      do: 'approve',
      approvers: { groups: [groups.security] },
      message: 'somebody else looks at changes first',
    },
    {
      name: 'bulk-read',
      when: { reads: ['public.documents'], limit_over: 100 },
      do: 'block',
      hint: 'Add LIMIT 100 or less.',
    },
  ],
}

/** Puts the demo's people and policy into the file that `hoop gateway init` made, and keeps its comments. */
export const configure = async (file: string): Promise<void> => {
  const document = parseDocument(await readFile(file, 'utf8'))
  document.setIn(['identity', 'admins'], document.createNode([groups.platform], { flow: true }))
  document.setIn(['identity', 'auditors'], document.createNode([groups.security], { flow: true }))
  document.setIn(['connections', 'vectordb', 'description'], 'Customers, and support notes with embeddings')
  document.setIn(
    ['connections', 'vectordb', 'access'],
    document.createNode([{ groups: [groups.contractors, groups.engineers], policy: 'research' }]),
  )
  document.setIn(['policies'], document.createNode({ research }))
  await writeFile(file, document.toString())
}
