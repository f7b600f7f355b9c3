import { createHash } from 'node:crypto'
import { scriptOf } from './modules.js'

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input[type=text] { width: 100%; font: inherit; padding: .4rem; box-sizing: border-box; }
button { margin-top: 1.25rem; font: inherit; padding: .5rem 1.25rem; }
output { display: block; margin-top: 1.5rem; overflow-wrap: anywhere; }
output p { margin: .5rem 0; }
output p:first-child { font-size: 1.35rem; font-weight: 700; }
.sound { color: light-dark(#17612c, #7fd89a); }
.altered { color: light-dark(#a1161d, #ff9a9a); }
`

/** What the page does; the checks themselves are the modules'. It is no module of ours, since those know no page. */
const behavior = `
const byId = (id) => document.getElementById(id);
const say = (lines, kind) => {
  byId('result').replaceChildren(...lines.map((line, at) => {
    const paragraph = document.createElement('p');
    paragraph.textContent = line;
    if (at === 0 && kind) paragraph.className = kind;
    return paragraph;
  }));
};
const filesIn = (list) => [...list].map((file) => ({
  path: file.webkitRelativePath.split('/').slice(1).join('/'),
  bytes: async () => hoop.bytes(new Uint8Array(await file.arrayBuffer())),
})).filter(({ path }) => path !== '' && path !== 'verify.html');
const chunks = async function* (file) {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield hoop.bytes(value);
  }
};
byId('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [file] = byId('bundle').files;
  const folder = byId('folder').files;
  if (!file && folder.length === 0) return say(['Choose the bundle, or the folder that it was unpacked to.']);
  byId('check').disabled = true;
  say(['Checking …']);
  try {
    const key = byId('key').value.trim();
    const stream = file ? chunks(file) : hoop.archiveOf(filesIn(folder));
    const { verification, since, lines } = await hoop.checkBundle(stream, key === '' ? undefined : key);
    say(lines, verification.sound && since === undefined ? 'sound' : 'altered');
  } catch (error) {
    say(['NOT CHECKED.', 'What was given can’t be checked: ' + (error instanceof Error ? error.message : String(error))], 'altered');
  }
  byId('check').disabled = false;
});
`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Behind the opening tag nothing of the script may look like its end. */
const embedded = (script: string): string => script.replaceAll('</', String.raw`<\/`)

let made: Promise<string> | undefined

const make = async (): Promise<string> => {
  const script = embedded(`const hoop = ${await scriptOf('./main')};\n${behavior}`)
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Verify a bundle of hoop audit export</title>
<style>${style}</style>
</head>
<body>
<h1>Verify a bundle</h1>
<p>Checks what <code>hoop audit export</code> wrote. Everything stays on this machine: this page has no way to send anything.</p>
<form id="form">
<label for="bundle">The bundle (.tar)</label><input type="file" id="bundle" accept=".tar">
<label for="folder">or the folder that it was unpacked to</label><input type="file" id="folder" webkitdirectory multiple>
<label for="key">The ledger’s key, as the operator gave it</label><input type="text" id="key" autocomplete="off" spellcheck="false" placeholder="gateway.example.com/ledger/1f2e3d4c+…">
<button id="check">Check</button>
</form>
<output id="result" for="bundle folder key" aria-live="polite"></output>
<script>${script}</script>
</body>
</html>
`
}

/**
 * The page that checks a bundle in a browser, without a network: our own modules in it, as they are.
 * @throws where one of them can't be in a page
 */
export const verifyPage = (): Promise<string> => (made ??= make())
