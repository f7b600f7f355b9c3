import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where this runs from: what was compiled, or the sources themselves. */
const ending = extname(import.meta.url)

/** What stands in for Node's own modules in a page. */
const standIns: Readonly<Record<string, string>> = {
  'node:crypto': 'crypto',
  'node:fs': 'files',
  'node:fs/promises': 'files',
  'node:path': 'path',
  'node:stream/promises': 'files',
  'node:util': 'util',
  'node:zlib': 'zlib',
}

const resolved = (specifier: string, from: string): string => {
  const standIn = standIns[specifier]
  if (standIn !== undefined) return new URL(`./node/${standIn}${ending}`, import.meta.url).href
  if (!specifier.startsWith('.')) throw new Error(`${from} imports ${specifier}, which no page has`)
  return new URL(specifier.replace(/\.js$/, ending), from).href
}

const code = async (url: string): Promise<string> => {
  const text = await readFile(fileURLToPath(url), 'utf8')
  return ending === '.ts' ? stripTypeScriptTypes(text) : text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
}

/** `a, b as c` → `a, b: c` */
const members = (list: string): string =>
  list
    .split(',')
    .map((each) => each.trim().replace(/\s+as\s+/, ': '))
    .filter((each) => each !== '')
    .join(', ')

const imports = /^import\s*(?:\{([^}]*)\}\s*from\s*)?(['"])([^'"]+)\2;?[ \t]*$/gm
const passedOn = /^export\s*\{([^}]*)\}\s*from\s*(['"])([^'"]+)\2;?[ \t]*$/gm
const declared = /^export\s+((?:async\s+)?function\s*\*?|class|const|let)\s+([\w$]+)/gm
const taken = /^export\s+const\s+\[([^\]]+)\]/gm

interface Module {
  readonly text: string
  readonly needs: readonly string[]
}

/**
 * One of our modules as the body of a function. They are written in one manner (names of imports and exports at the
 * beginning of a line, no default exports, no cycles), and whatever isn't is no module for a page.
 */
const asFunction = (source: string, url: string, id: (url: string) => number): Module => {
  const needs: string[] = []
  const exported: string[] = []
  const required = (specifier: string): string => {
    const needed = resolved(specifier, url)
    needs.push(needed)
    return `required(${id(needed)})`
  }
  let text = source
    .replaceAll(imports, (_all, list: string | undefined, _quote, specifier: string) =>
      list === undefined || members(list) === '' ? '' : `const { ${members(list)} } = ${required(specifier)};`,
    )
    .replaceAll(passedOn, (_all, list: string, _quote, specifier: string) => {
      const names = list
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')
      return names.length === 0
        ? ''
        : `{ const { ${names.join(', ')} } = ${required(specifier)}; Object.assign(exported, { ${names.join(', ')} }); }`
    })
    .replaceAll(taken, (_all, names: string) => {
      exported.push(...names.split(',').map((name) => name.trim()))
      return `const [${names}]`
    })
    .replaceAll(declared, (_all, kind: string, name: string) => {
      exported.push(name)
      return `${kind} ${name}`
    })
    .replace(/^export\s*\{\s*\};?\s*$/m, '')
  const left = /^(?:import|export)\b.*$/m.exec(text)
  if (left) throw new Error(`${url} has a line that no page can have: ${left[0]}`)
  text += `\nObject.assign(exported, { ${exported.join(', ')} });`
  return { text, needs }
}

/**
 * Our own modules as one script: the one given and all that it imports, Node's own replaced by what stands in for them.
 * @param entry relative to this file, without its ending
 * @returns an expression: the exports of the entry
 */
export const scriptOf = async (entry: string): Promise<string> => {
  const ids = new Map<string, number>()
  const id = (url: string): number => {
    if (!ids.has(url)) ids.set(url, ids.size)
    return ids.get(url)!
  }
  const first = new URL(`${entry}${ending}`, import.meta.url).href
  const bytes = new URL(`./node/bytes${ending}`, import.meta.url).href
  const made = new Map<string, string>()
  for (const waiting = [bytes, first]; waiting.length > 0;) {
    const url = waiting.shift()!
    if (made.has(url)) continue
    const { text, needs } = asFunction(await code(url), url, id)
    made.set(url, `  ${id(url)}: (required, exported, Buffer) => {\n${text}\n  },`)
    waiting.push(...needs)
  }
  return `(() => {
"use strict";
Symbol.dispose ??= Symbol("dispose");
Symbol.asyncDispose ??= Symbol("asyncDispose");
const modules = {
${[...made.values()].join('\n')}
};
const done = new Map();
const required = (id) => {
  if (!done.has(id)) {
    const exported = {};
    modules[id](required, exported, id === ${id(bytes)} ? undefined : required(${id(bytes)}).Bytes);
    done.set(id, exported);
  }
  return done.get(id);
};
return required(${id(first)});
})()`
}
