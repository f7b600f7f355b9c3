/** The Emscripten factory inside libpg-query. Its index.js keeps one instance for ever, which a stack overflow damages. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface ParserModule {
    _malloc(bytes: number): number
    _free(pointer: number): void
    _wasm_parse_query_raw(text: number): number
    _wasm_free_parse_result(result: number): void
    _wasm_parse_plpgsql(text: number): number
    _wasm_free_string(text: number): void
    getValue(pointer: number, type: 'i32'): number
    UTF8ToString(pointer: number): string
    stringToUTF8(text: string, pointer: number, bytes: number): void
    lengthBytesUTF8(text: string): number
  }
  export interface ParserOptions {
    onExit(status: number): void
    print(line: string): void
    printErr(line: string): void
  }
  const factory: (options: ParserOptions) => Promise<ParserModule>
  export default factory
}
