/** `moe completion`: what a shell needs to complete the words of `moe`. */
import { optionHelp, readOptions } from '@tfjs-moe/command-line';
import { expectOneOf, MoeError } from '@tfjs-moe/core';
import type { Command, CommandEntry } from '../command.ts';
import { bashCompletion } from '../completion/bash.ts';
import type { CompletedCommand } from '../completion/completed.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';

const WHO = 'moe completion';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
const names = Object.keys(shells) as (keyof typeof shells)[];

const usage = () => `usage: moe completion ${names.join('|')}

Prints a script that completes commands, options and their words. In ~/.bashrc or ~/.zshrc (behind compinit):

  eval "$(moe completion bash)"
  eval "$(moe completion zsh)"

and of fish, once: moe completion fish > ~/.config/fish/completions/moe.fish

${optionHelp({})}
`;

/** The command, for the commands that it completes. */
export const completionOf = (commands: readonly CommandEntry[]): Command => ({
  options: {},
  firstWords: names,
  async run(written, { output, errors }) {
    const { words, help } = readOptions(WHO, written, {});
    if (help) {
      output.write(usage());
      return 0;
    }
    const [shell, ...stray] = words;
    if (shell === undefined) {
      errors.write(usage());
      return 2;
    }
    if (stray.length > 0) throw new MoeError(WHO, 'give one shell', stray[0]);
    const complete = shells[expectOneOf(WHO, 'the shell', shell, names)];
    output.write(complete(await loaded(commands)));
    return 0;
  },
});

function loaded(commands: readonly CommandEntry[]): Promise<CompletedCommand[]> {
  return Promise.all(
    commands.map(async ({ name, about, load }) => {
      const { options, firstWords } = await load();
      return { name, about, options, firstWords };
    }),
  );
}
