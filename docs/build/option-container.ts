/**
 * `::: options TopKOptions` in a page becomes the table of these options.
 */
import type { MarkdownRenderer } from 'vitepress';
import { type Option, optionsOf } from './option-table.ts';

export function optionContainer(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'options', (state) => {
    state.src = state.src.replace(/^::: options (\w+)\n:::$/gm, (_, name: string) =>
      optionTable(optionsOf(name)),
    );
  });
}

/** A table in Markdown. */
export function optionTable(options: readonly Option[]): string {
  const rows = options.map(({ name, type, required, byDefault, description }) => [
    code(name),
    code(type),
    byDefault === undefined ? (required ? '*required*' : '') : code(byDefault),
    description.replaceAll('|', '\\|'),
  ]);
  const lines = [['option', 'type', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
