/** What `hoop help TOPIC` says: what it takes to know an idea at a terminal. The whole is in docs/. */
interface Topic {
  readonly summary: string
  readonly text: string
}

const topics: Readonly<Record<string, Topic>> = {
  masks: {
    summary: 'why a value is hidden, and what still works',
    text: `A mask changes a column's values before they leave the gateway: ***** in place of an
e-mail address, the last four digits of a number, another vector of the same dimension.

  plain column     has its own mask:            SELECT email FROM customers
  derived value    is NULL (text: ********):    SELECT sum(pay) FROM staff
  condition        works, if the policy allows: WHERE email = 'a@example.com'
  nearest vectors  work:                        ORDER BY embedding <=> $1 LIMIT 10

A NOTICE names the columns that were hidden since they are computed from masked ones. A
statement of which nothing can be proved is refused; its hint says what would help.

  hoop connections               what is masked for you, and how
  hoop policy explain NAME SQL   on the gateway's machine: why, column by column`,
  },
  rules: {
    summary: 'why a statement is refused, or has to be approved',
    text: `A rule of a policy looks at what a statement does: its kind, the tables that it reads and
writes, whether it has a WHERE, how many rows it is about. It may warn, ask for an approval,
or block. The strictest rule that applies counts.

A refusal names the rule and the reason. Nothing of the statement ran; inside a transaction
the transaction has failed, as after any other error.

  hoop connections               the rules that apply to you
  hoop policy explain NAME SQL   on the gateway's machine: which rules apply, and why
  hoop help approvals            when a rule asks for an approval`,
  },
  approvals: {
    summary: 'how a statement is approved that needs it',
    text: `A statement that needs an approval waits: psql shows a NOTICE with the request's id and
address, and the result as soon as somebody has approved it. Ctrl-C withdraws it. Inside a
transaction it is refused with the id instead; once approved, run it again.

An approval is for one person, one connection and one statement with its values. Nobody
approves their own.

  you asked       hoop exec NAME SQL --wait 10m     wait for it in a script
                  hoop approvals list               what became of it
  you decide      hoop approvals watch              a live inbox
                  hoop approvals show ID            everything that it is about
                  hoop approvals approve ID         or deny ID --reason TEXT
  for a while     hoop access request NAME          access to a connection
                  hoop approvals standing add       a statement, until a time`,
  },
  budgets: {
    summary: 'what may leave, and what is left of it',
    text: `A budget counts rows, bytes or vectors as they leave: of one statement, of one session, of
one person in an hour or a day. At its limit the result ends with an error (SQLSTATE 53400)
and the session goes on. Questions about masked values can have budgets too.

  hoop status   what is left for you, and from when it is whole again

Ask for less: fewer columns, a LIMIT, an aggregate on the server.`,
  },
  'exit-statuses': {
    summary: 'what a command ends with',
    text: `  0    done
  1    the database refused a statement, there is no such thing, or a test or comparison
       of policies found a difference
  3    hoop audit verify found that the record was altered
  64   the command line was not understood, or it would have to ask and there is no terminal
  65   data is damaged
  69   a gateway, database, identity provider or port is not available
  70   a defect, of hoop or of what it talks to
  73   a file is in the way
  74   reading or writing failed
  75   try again later: an approval is needed or came too late, a budget is used up, the
       gateway is full or shutting down, --timeout is over
  76   gateway and hoop are too far apart in version
  77   not permitted: not logged in, no access, or refused by policy
  78   the configuration or the environment is not valid
  126  the program behind -- or psql can't be run; 127 where it isn't there
  130  Ctrl-C; 143 after SIGTERM, 129 after SIGHUP`,
  },
  scripts: {
    summary: 'tokens, variables and output for programs',
    text: `  HOOP_TOKEN       service token (hoop tokens create), or an ID token
  HOOP_GATEWAY     the gateway's address
  HOOP_CA          file of the gateway's CA, where it has one of its own
  HOOP_TOKEN_FILE  a token of the platform, read anew for each renewal
  NO_COLOR         no colors

  hoop exec NAME SQL --format jsonl      rows for programs; csv, json, -t for rows alone
  hoop exec NAME --set id=7 "… = :id"    a value that is never read as SQL
  hoop connect NAME -- pytest            PG* and DATABASE_URL lead to the connection
  --json                                 of every command; errors too, with their codes

Words go to stderr, data to stdout. In GitHub's and GitLab's jobs no token is needed where
the gateway trusts them.`,
  },
}

/** @returns undefined where there is no such topic */
export function topicText(name: string): string | undefined {
  if (name === 'topics') {
    const width = Math.max(...Object.keys(topics).map((topic) => topic.length))
    const lines = Object.entries(topics).map(([topic, { summary }]) => `  ${topic.padEnd(width)}  ${summary}`)
    return `Topics of hoop help:\n\n${lines.join('\n')}\n`
  }
  return Object.hasOwn(topics, name) ? `${topics[name]!.text}\n` : undefined
}
