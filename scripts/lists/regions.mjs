/** Generated parts of files that people write: what stands between two marks. */

const marks = {
  md: (name) => [`<!-- list: ${name} -->`, '<!-- end of list -->'],
  ts: (name) => [`// list: ${name}`, '// end of list'],
};

/** The text with a new content between the marks of a region. */
export function withRegion(path, text, name, lines) {
  const [begin, end] = marks[path.endsWith('.md') ? 'md' : 'ts'](name);
  const from = text.indexOf(`${begin}\n`);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${path} has no region "${name}"`);
  return `${text.slice(0, from)}${begin}\n${lines.join('\n')}\n${text.slice(to)}`;
}

/** A table in Markdown. */
export function tableLines(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((cell) => '-'.repeat(Math.max(3, cell.length)))), ...rows.map(line)];
}
