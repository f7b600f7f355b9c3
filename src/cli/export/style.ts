/** Of the page that a session is exported to: a column that is read from top to bottom, in the reader's own light. */
export const style = `
:root { --ink: #1c1e21; --paper: #fbfaf7; --faint: #6a6f76; --line: #dcd9d2; --code: #f1efe9; --good: #1d6b3a; --bad: #a3231f; --mask: #7a4b00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e4de; --paper: #17181a; --faint: #9a9fa6; --line: #34373b; --code: #212327; --good: #7bc796; --bad: #f0928c; --mask: #e0b060; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 2.5rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h2 time { font-weight: normal; color: var(--faint); margin-left: .5rem; }
a { color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--code); padding: .75rem 1rem; border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre, code, td, .bytes { font-family: ui-monospace, monospace; font-size: .875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem; border-bottom: 1px solid var(--line); white-space: pre-wrap; }
th { font-weight: 600; white-space: nowrap; }
.mask { color: var(--mask); font-weight: normal; font-size: .8rem; }
.null, small, .more, footer { color: var(--faint); }
.done { color: var(--good); }
.failed { color: var(--bad); }
.note { color: var(--mask); }
p { margin: .4rem 0; overflow-wrap: anywhere; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; }
@media print { h2, table { break-inside: avoid; } }
`
