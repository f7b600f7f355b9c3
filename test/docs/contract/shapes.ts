import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const compiled = fileURLToPath(new URL('../../../dist/types/commands/', import.meta.url))

/** The declarations of compiled commands, by their ids: `sessions list`. */
const fileOf = (id: string): string => `${compiled}${id.replaceAll(' ', '/')}.d.ts`

/** What each command's `run` gives, which is what it prints under `--json`: names of fields, and those of what a field lists. */
export class Shapes {
  readonly #program: ts.Program
  readonly #checker: ts.TypeChecker

  constructor(ids: readonly string[]) {
    this.#program = ts.createProgram(ids.map(fileOf), {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2024,
      lib: ['lib.esnext.d.ts'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
    })
    this.#checker = this.#program.getTypeChecker()
  }

  /** @returns nothing where the command prints no one object at its end */
  of(id: string): string | undefined {
    const source = this.#program.getSourceFile(fileOf(id))
    const exported = source && this.#checker.getSymbolAtLocation(source)?.exports?.get(ts.InternalSymbolName.Default)
    if (!exported) throw new Error(`${id} is not compiled: npm run build`)
    const run = this.#checker.getDeclaredTypeOfSymbol(exported).getProperty('run')
    const [signature] = run ? this.#checker.getTypeOfSymbol(run).getCallSignatures() : []
    const given = signature && this.#checker.getAwaitedType(signature.getReturnType())
    if (!given) throw new Error(`${id} has no run`)
    const kinds = (given.isUnion() ? given.types : [given]).filter((type) => !(type.flags & ts.TypeFlags.Void))
    return kinds.length === 0
      ? undefined
      : kinds
          .map((type) => this.#text(type, 2))
          .toSorted()
          .join(' or ') // the compiler's own order isn't the same each time
  }

  /** @param depth how many levels of fields are named */
  #text(type: ts.Type, depth: number): string {
    const [element] = this.#checker.isArrayType(type) ? this.#checker.getTypeArguments(type as ts.TypeReference) : []
    if (element) return `[${this.#text(element, depth)}]`
    const fields = type.getProperties()
    if (fields.length === 0 || depth === 0 || !(type.flags & ts.TypeFlags.Object)) return '…'
    return `{ ${fields.map((field) => this.#field(field, depth - 1)).join(', ')} }`
  }

  #field(field: ts.Symbol, depth: number): string {
    const optional = (field.flags & ts.SymbolFlags.Optional) !== 0
    const type = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(field))
    const listed = depth > 0 && this.#checker.isArrayType(type) ? this.#text(type, depth) : '…'
    return `${field.name}${optional ? '?' : ''}${/^\[?…\]?$/.test(listed) ? '' : `: ${listed}`}`
  }
}
