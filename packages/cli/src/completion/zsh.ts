import { type CompletedCommand, type CompletedOption, optionsOf, quoted } from './completed.ts';

/** Completion of `moe` for zsh, with what each option does. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const known = commands.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`);
  const cases = commands.map((command) => {
    const { name, firstWords } = command;
    const words = firstWords === undefined ? [] : [`((CURRENT == 2)) && compadd ${firstWords.join(' ')}`];
    const specifications = [...optionsOf(command).map(specification), "'*:file:_files'"];
    return [
      `    ${name})`,
      ...words.map((line) => `      ${line}`),
      ['      _arguments', ...specifications.map((one) => `        ${one}`)].join(' \\\n'),
      '      ;;',
    ].join('\n');
  });
  return `#compdef moe
# zsh completion of moe: eval "$(moe completion zsh)", or a file _moe in a folder of fpath
_moe() {
  local -a commands
  commands=(
${known.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _moe ]]; then
  _moe "$@"
else
  compdef _moe moe
fi
`;
}

function specification({ name, about, value, words, isFile }: CompletedOption): string {
  const said = about.replaceAll(/[\\[\]:]/g, '\\$&');
  if (value === undefined) return quoted(`--${name}[${said}]`);
  const action = isFile ? '_files' : words.length > 0 ? `(${words.join(' ')})` : ' ';
  return quoted(`--${name}=[${said}]:${value.replaceAll(':', '\\:')}:${action}`);
}
