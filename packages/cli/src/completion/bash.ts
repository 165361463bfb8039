import { type CompletedCommand, optionsOf, quoted } from './completed.ts';

/** Completion of `moe` for bash, which is given files where nothing here has a word. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  const values = commands.flatMap((command) => {
    const options = optionsOf(command).filter(({ value }) => value !== undefined);
    const known = options.filter(({ words }) => words.length > 0);
    const others = options.filter(({ words }) => words.length === 0);
    return [
      ...known.map(({ name, words }) => `    ${command.name}:--${name}) words=${quoted(words.join(' '))} ;;`),
      ...(others.length === 0
        ? []
        : [`    ${others.map(({ name }) => `${command.name}:--${name}`).join('|')}) return ;;`]),
    ];
  });
  const options = commands.map((command) => {
    const own = optionsOf(command).map(({ name }) => `--${name}`);
    return `        ${command.name}) words=${quoted(own.join(' '))} ;;`;
  });
  const first = commands
    .filter(({ firstWords }) => firstWords !== undefined)
    .map(({ name, firstWords = [] }) => `        ${name}) words=${quoted(firstWords.join(' '))} ;;`);
  return `# bash completion of moe: eval "$(moe completion bash)"
_moe() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=''
  COMPREPLY=()
  # Of --name=value bash makes three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "\${COMP_WORDS[1]}:$previous" in
${values.join('\n')}
  esac
  if [[ -z $words ]]; then
    if ((COMP_CWORD == 1)); then
      words=${quoted([...names, '--help', '--version'].join(' '))}
    elif [[ $current == -* ]]; then
      case \${COMP_WORDS[1]} in
${options.join('\n')}
      esac
    elif ((COMP_CWORD == 2)); then
      case \${COMP_WORDS[1]} in
${first.join('\n')}
      esac
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _moe moe
`;
}
