import type { Choice, Place } from './model.js'

const say = (choice: Choice): string => {
  switch (choice.kind) {
    case 'words':
      return `printf '%s\\n' ${choice.words.join(' ')}`
    case 'names':
      return `__hoop_names ${choice.of}`
    case 'files':
      return '__fish_complete_path (commandline -ct)'
    case 'nothing':
      return 'true'
  }
}

const valueCases = (places: readonly Place[]): string[] =>
  places.flatMap(({ path, values }) =>
    [...values].map(([flag, choice]) => `    case '${path}:${flag}'\n      ${say(choice)}\n      return`),
  )

const nextCases = (places: readonly Place[]): string[] =>
  places.map(
    ({ path, next, flags }) =>
      `    case '${path}'\n      if string match -q -- '-*' $cur\n        printf '%s\\n' ${flags.join(' ')}\n      else\n        ${say(next)}\n      end`,
  )

/** A script for fish that completes commands, flags and names, in the same way. */
export const fishScript = (
  places: readonly Place[],
): string => `# Completion of hoop for fish, made by: hoop completion fish
function __hoop_names
  set -l home $HOME/.config
  set -q XDG_CONFIG_HOME; and set home $XDG_CONFIG_HOME
  set -l folder $home/hoop
  set -q HOOP_HOME; and set folder $HOOP_HOME
  test -r $folder/completion/$argv[1]; and string match -r '^[A-Za-z0-9._@:-]+$' < $folder/completion/$argv[1]
end
function __hoop_complete
  set -l words (commandline -opc)
  set -l cur (commandline -ct)
  set -l prev $words[-1]
  set -l path ''
  for word in $words[2..-1]
    switch $word
      case '--'
        return
      case '-*'
        continue
    end
    switch $path/$word
      case ${places
        .filter(({ path }) => path !== '')
        .map(({ path }) => `'${path}'`)
        .join(' ')}
        set path $path/$word
    end
  end
  switch $path:$prev
${valueCases(places).join('\n')}
  end
  switch $path
${nextCases(places).join('\n')}
  end
end
complete -c hoop -f -a '(__hoop_complete)'
`
