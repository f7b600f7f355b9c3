import type { App } from '../http/instance.js'
import { schemaOf } from './schema-of.js'

const page = (id: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Request ${id}</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}pre{padding:.8rem;background:#8882;overflow:auto}</style>
<h1>Request ${id}</h1>
<p>A statement may wait for an approval. See what it is, then decide, in a terminal where you are logged in:</p>
<pre>hoop approvals show ${id}
hoop approvals approve ${id} --reason '…'
hoop approvals deny ${id} --reason '…'</pre>
<p><code>hoop approvals watch</code> shows everything that waits for you.</p>
</html>
`

/** Where the address in a notice leads: the commands to run. It needs no login and tells nothing, not even whether the request is there. */
export const approvalPage = (app: App): void => {
  app.get<{ Params: { id: string } }>(
    '/approvals/:id',
    {
      config: { isPublic: true },
      schema: schemaOf({
        id: 'getApprovalPage',
        summary: 'A page for people that names the commands to decide on a request.',
        isPublic: true,
        answers: { 200: { description: 'A page', content: { 'text/html': { schema: { type: 'string' } } } } },
        more: {
          params: {
            type: 'object',
            properties: { id: { type: 'string', pattern: '^[a-z0-9]{1,64}$' } },
            required: ['id'],
          },
        },
      }),
    },
    async (request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        .send(page(request.params.id)),
  )
}
