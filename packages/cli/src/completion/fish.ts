import { type CompletedCommand, type CompletedOption, optionsOf } from './completed.ts';

/** Completion of `moe` for fish, with what each option does. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => {
    const { name, about, firstWords } = command;
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c moe -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...(firstWords === undefined ? [] : [`complete -c moe ${within} -a ${quoted(firstWords.join(' '))}`]),
      ...optionsOf(command).map((option) => `complete -c moe ${within} ${specification(option)}`),
    ];
  });
  return `# fish completion of moe: moe completion fish > ~/.config/fish/completions/moe.fish
complete -c moe -n __fish_use_subcommand -l version -s V -d 'which moe it is'
${lines.join('\n')}
`;
}

function specification({ name, about, value, words, isFile }: CompletedOption): string {
  const short = name === 'help' ? ' -s h' : '';
  // -r takes files too, -x nothing but what is named.
  const takes = value === undefined ? '' : isFile ? ' -r' : ' -x';
  const known = words.length === 0 ? '' : ` -a ${quoted(words.join(' '))}`;
  return `-l ${name}${short}${takes}${known} -d ${quoted(about)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
