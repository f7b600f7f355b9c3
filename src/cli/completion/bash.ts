import type { Choice, Place } from './model.js'

const say = (choice: Choice): string => {
  switch (choice.kind) {
    case 'words':
      return `__hoop_words ${choice.words.join(' ')}`
    case 'names':
      return `__hoop_names ${choice.of}`
    case 'files':
      return '__hoop_files'
    case 'nothing':
      return ':'
  }
}

const valueCases = (places: readonly Place[]): string[] =>
  places.flatMap(({ path, values }) =>
    [...values].map(([flag, choice]) => `    ${path}:${flag}) ${say(choice)}; return ;;`),
  )

const nextCases = (places: readonly Place[]): string[] =>
  places.map(
    ({ path, next, flags }) =>
      `    '${path}') case "$cur" in -*) __hoop_words ${flags.join(' ')} ;; *) ${say(next)} ;; esac ;;`,
  )

/**
 * A script for bash that completes commands, flags and names. It starts no process but `cat`: names come from files that
 * commands have left, and are taken only where nothing in them could be more than a word.
 */
export const bashScript = (
  places: readonly Place[],
): string => `# Completion of hoop for bash, made by: hoop completion bash
__hoop_take() {
  local word
  while IFS= read -r word; do
    [[ $word =~ ^[A-Za-z0-9._@:-]+$ && $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}
__hoop_words() { __hoop_take < <(printf '%s\\n' "$@"); }
__hoop_names() {
  local file="\${HOOP_HOME:-\${XDG_CONFIG_HOME:-$HOME/.config}/hoop}/completion/$1"
  [[ -r $file ]] && __hoop_take < "$file"
}
__hoop_files() { :; }
_hoop() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      --) return ;;
      -*) continue ;;
    esac
    case "$path/$word" in
      ${places
        .filter(({ path }) => path !== '')
        .map(({ path }) => path)
        .join('|')}) path="$path/$word" ;;
    esac
  done
  case "$path:$prev" in
${valueCases(places).join('\n')}
  esac
  case "$path" in
${nextCases(places).join('\n')}
  esac
}
complete -o default -F _hoop hoop
`

/** The same for zsh, by its own emulation of bash's completion. */
export const zshScript = (places: readonly Place[]): string => `#compdef hoop
autoload -U +X bashcompinit && bashcompinit
${bashScript(places)}`
