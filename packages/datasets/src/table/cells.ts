import { MoeError } from '@tfjs-moe/core';

const QUOTE = '"';
const [TAB, LINE_FEED, CARRIAGE_RETURN, BLANK] = [9, 10, 13, 32];
const CANDIDATES = [',', ';', '\t', '|'];

/**
 * The cells of CSV text as RFC 4180 and the programs that write it have it, without the rows that are empty.
 *
 * A cell is quoted where its first character is a quote; inside, separators and line breaks are text and two quotes are
 * one. Blanks between a closing quote and the separator are passed over. Lines end in `\n`, `\r\n` or `\r`, in one text
 * by any of them; a byte order mark is no part of the text. Every character is looked at a bounded number of times,
 * whatever the text.
 *
 * @param separator what stands between cells; by default the one of comma, semicolon, tab and bar that is most frequent
 *   in the header, outside of quotes
 * @throws MoeError that names the row of a quoted cell that does not end, or goes on after its closing quote
 */
export function cellsOf(who: string, text: string, separator: string = frequentSeparator(text)): string[][] {
  const first = separator.charCodeAt(0);
  const separates = (at: number) => text.startsWith(separator, at);
  const rows: string[][] = [];
  let row: string[] = [];
  let isQuoted = false;
  let at = startOf(text);

  /** From the opening quote to what follows the closing one, or its blanks. */
  function quotedCell(): string {
    let close = at;
    let hasQuotes = false;
    for (;;) {
      close = text.indexOf(QUOTE, close + 1);
      if (close < 0) throw broken('has a quoted cell that does not end');
      if (text[close + 1] !== QUOTE) break;
      hasQuotes = true;
      close++;
    }
    const cell = text.slice(at + 1, close);
    at = close + 1;
    while (isBlank(text.charCodeAt(at)) && !separates(at)) at++;
    if (at < text.length && !separates(at) && !isLineEnd(text.charCodeAt(at))) {
      throw broken('has a quoted cell that goes on after its closing quote', cell);
    }
    return hasQuotes ? cell.replaceAll('""', QUOTE) : cell;
  }

  function plainCell(): string {
    const start = at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (isLineEnd(code) || (code === first && separates(at))) break;
    }
    return text.slice(start, at);
  }

  function broken(what: string, cell = text.slice(at + 1, at + 200)): MoeError {
    const where = rows.length === 0 ? 'the header' : `row ${rows.length}`;
    return new MoeError(who, `${where} ${what}`, cell);
  }

  while (at < text.length) {
    const quoted = text[at] === QUOTE;
    row.push(quoted ? quotedCell() : plainCell());
    isQuoted ||= quoted;
    if (at < text.length && !isLineEnd(text.charCodeAt(at))) {
      at += separator.length;
      // A separator at the very end has an empty cell behind it.
      if (at < text.length) continue;
      row.push('');
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    // A cell that somebody quoted is there, even if it is empty.
    if (row.length > 1 || isQuoted || row[0]!.trim() !== '') rows.push(row);
    row = [];
    isQuoted = false;
  }
  return rows;
}

/** Commas, semicolons, tabs or bars: what the header has most of, outside of quotes. */
function frequentSeparator(text: string): string {
  const counts = new Map(CANDIDATES.map((candidate) => [candidate, 0]));
  let isBegin = true;
  let isEmpty = true;
  for (let at = startOf(text); at < text.length; at++) {
    const character = text[at]!;
    if (isLineEnd(text.charCodeAt(at))) {
      if (!isEmpty) break;
      isBegin = true;
      continue;
    }
    if (character === QUOTE && isBegin) at = closingQuote(text, at);
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
    isEmpty &&= character === ' ';
    isBegin = count !== undefined;
  }
  const of = (candidate: string) => counts.get(candidate)!;
  return CANDIDATES.reduce((best, next) => (of(next) > of(best) ? next : best));
}

/** Where the quoted text ends that begins at `open`; the end of the text where it does not. */
function closingQuote(text: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = text.indexOf(QUOTE, at);
    if (at < 0) return text.length;
    if (text[at + 1] !== QUOTE) return at;
  }
}

function startOf(text: string): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}
