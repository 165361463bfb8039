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

/** A table in Markdown: names on the left, everything else on the right, where there is room. */
export function optionTable(options: readonly Option[]): string {
  const rows = options.map(({ name, type, required, byDefault, description }) => {
    const facts = [code(type), required ? 'required' : byDefault && `default ${code(byDefault)}`];
    const terms = facts.filter(Boolean).join(' · ');
    return `| ${code(name)} | ${escaped(description)}<br><small>${terms}</small> |`;
  });
  return ['| option | meaning |', '| --- | --- |', ...rows].join('\n');
}

function code(text: string): string {
  return `\`${escaped(text)}\``;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
