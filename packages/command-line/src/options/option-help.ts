import type { OptionTable } from './read-options.ts';

/** Columns of the help. */
const WIDTH = 110;

/** The options of a table for a help, one below the other with what they do. */
export function optionHelp(table: OptionTable): string {
  const rows = Object.entries(table).map(([name, { value, about }]) => ({
    left: `  --${name}${value === undefined ? '' : ` ${value}`}`,
    about,
  }));
  rows.push({ left: '  --help, -h', about: 'this' });
  const column = Math.max(...rows.map(({ left }) => left.length)) + 2;
  return rows
    .map(({ left, about }) => {
      const [first = '', ...rest] = wrapped(about, WIDTH - column);
      return [left.padEnd(column) + first, ...rest.map((line) => ' '.repeat(column) + line)].join('\n');
    })
    .join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
