/**
 * Settings in the address of the page, for people to read, write and send: `#v1&gate=topK:2&experts=4&steps=600`. What is as
 * by default is left out. Whatever the fragment says, settings come out, with a note for everything that was not taken as it
 * was written.
 */
import {
  balances,
  datasets,
  defaults,
  expertKinds,
  gates,
  hasK,
  MOST_POINTS,
  optimizers,
  ranges,
  routers,
  type Settings,
  settled,
  starts,
} from './settings.ts';

export interface Parsed {
  readonly settings: Settings;
  readonly notes: readonly string[];
}

const VERSION = 'v1';

/** The fragment of settings, without `#`. */
export function fragmentOf(settings: Settings): string {
  const usual = new Map(pairsOf(defaults));
  const written = pairsOf(settings).filter(([key, value]) => usual.get(key) !== value);
  return [VERSION, ...written.map(([key, value]) => `${key}=${value}`)].join('&');
}

function pairsOf(settings: Settings): [string, string][] {
  const { data, gate, expert, balance, own } = settings;
  return [
    ['data', data],
    ['noise', `${settings.noise}`],
    ['n', `${settings.points}`],
    ['gate', hasK(settings) ? `${gate}:${settings.k}` : gate],
    ['tau', `${settings.tau}`],
    ['router', settings.router],
    ['experts', `${settings.experts}`],
    ['expert', expert === 'ffn' ? `ffn:tanh:${settings.width}` : expert],
    ['balance', balance === 'none' ? 'none' : `${balance}:${settings.weight}`],
    ['opt', `${settings.optimizer}:${settings.rate}`],
    ['seed', `${settings.seed}`],
    ['start', settings.start],
    ['steps', `${settings.steps}`],
    ['own', data === 'own' ? own.map((point) => point.join(',')).join(';') : ''],
  ];
}

/** The settings that a fragment names, with or without `#`; anything at all is accepted. */
export function parseFragment(fragment: string): Parsed {
  const reader: Reader = { found: {}, notes: [] };
  const text = decoded(fragment.replace(/^#/, ''), reader);
  for (const part of text.split('&').filter(Boolean).slice(0, 40)) {
    if (part === VERSION) continue;
    const at = part.indexOf('=');
    const read = Object.hasOwn(readers, part.slice(0, at)) ? readers[part.slice(0, at)] : undefined;
    if (at < 0) note(reader, `"${short(part)}" says nothing: write name=value.`);
    else if (read === undefined) note(reader, `"${short(part.slice(0, at))}" is not a setting.`);
    else read(reader, part.slice(at + 1));
  }
  const { settings, notes } = settled({ ...defaults, ...reader.found });
  return { settings, notes: [...reader.notes, ...notes] };
}

type Found = { -readonly [Key in keyof Settings]?: Settings[Key] };

interface Reader {
  readonly found: Found;
  readonly notes: string[];
}

function note({ notes }: Reader, text: string): void {
  if (notes.length < 8) notes.push(text);
}

/** How the value of every name is read: words of the command `moe`, options after colons. */
const readers: Readonly<Record<string, (reader: Reader, value: string) => void>> = {
  data: (reader, value) => readWord(reader, 'data', datasets, value),
  noise: (reader, value) => readNumber(reader, 'noise', value),
  n: (reader, value) => readNumber(reader, 'points', value),
  gate(reader, value) {
    const [word = '', k] = value.split(':');
    readWord(reader, 'gate', gates, word);
    if (k !== undefined && hasK({ gate: word } as Settings)) readNumber(reader, 'k', k);
  },
  tau: (reader, value) => readNumber(reader, 'tau', value),
  router: (reader, value) => readWord(reader, 'router', routers, value.split(':')[0]!),
  experts: (reader, value) => readNumber(reader, 'experts', value),
  expert(reader, value) {
    const [word = '', ...more] = value.split(':');
    readWord(reader, 'expert', expertKinds, word);
    if (word === 'ffn' && more.length > 0) readNumber(reader, 'width', more.at(-1)!);
  },
  balance(reader, value) {
    const [word = '', weight] = value.split(':');
    readWord(reader, 'balance', balances, word);
    if (weight !== undefined) readNumber(reader, 'weight', weight);
  },
  opt(reader, value) {
    const [word = '', rate] = value.split(':');
    readWord(reader, 'optimizer', optimizers, word);
    if (rate !== undefined) readNumber(reader, 'rate', rate);
  },
  seed: (reader, value) => readNumber(reader, 'seed', value),
  start: (reader, value) => readWord(reader, 'start', starts, value),
  steps: (reader, value) => readNumber(reader, 'steps', value),
  own(reader, value) {
    const { points, notes } = pointsOf(value.split(';').map((row) => row.split(',')));
    reader.found.own = points;
    for (const each of notes) note(reader, each);
  },
};

function readWord<Key extends keyof Settings>(
  reader: Reader,
  key: Key,
  words: readonly Settings[Key][],
  value: string,
): void {
  const found = words.find((each) => each === value);
  if (found === undefined) note(reader, `${key} "${short(value)}" is none of ${words.join(', ')}.`);
  else (reader.found as Record<string, unknown>)[key] = found;
}

function readNumber(reader: Reader, key: keyof typeof ranges, value: string): void {
  const { min, max, integer = false } = ranges[key];
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) {
    note(reader, `${key} "${short(value)}" is not a number.`);
    return;
  }
  const inside = Math.min(max, Math.max(min, integer ? Math.round(number) : number)) + 0;
  reader.found[key] = inside;
  if (inside !== number)
    note(reader, `${key} goes from ${min} to ${max}${integer ? ', whole' : ''}: ${inside}.`);
}

/** Rows of one or two inputs and a target; those that are none are left out, with a note. */
export function pointsOf(rows: readonly (readonly string[])[]): {
  readonly points: readonly (readonly number[])[];
  readonly notes: readonly string[];
} {
  const filled = rows.filter((row) => row.some((cell) => cell.trim() !== ''));
  const numbers = filled.map((row) => row.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell))));
  const width = numbers.find((row) => row.every(Number.isFinite))?.length;
  const good = numbers.filter(
    (row) => row.length === width && (width === 2 || width === 3) && row.every(isPlaced),
  );
  const kept = good.slice(0, MOST_POINTS).map((row) => row.map((value) => Number(value.toPrecision(4)) + 0));
  const notes = [];
  if (good.length < filled.length)
    notes.push(
      `${filled.length - good.length} of ${filled.length} rows are not two or three numbers between -1000 and 1000.`,
    );
  if (good.length > kept.length) notes.push(`The first ${MOST_POINTS} points are kept.`);
  return { points: kept, notes };
}

function isPlaced(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= 1000;
}

function decoded(text: string, reader: Reader): string {
  try {
    return decodeURIComponent(text);
  } catch {
    note(reader, 'The address has a % that is no character.');
    return text;
  }
}

function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
