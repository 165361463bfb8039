/** One damage to what a disk holds of a model, drawn from a stream. */
import type { Stream } from '@tfjs-moe/core';
import { configIn, type Saved, type SavedJson } from './saved-models.ts';

/** A damaged model, and what was done to it. */
export interface Mutation {
  readonly what: string;
  /** Whether what was written is another model, as sound as the first: a number for a number, no capacity for one. */
  readonly isAnother: boolean;
  readonly saved: Saved;
}

/** Changes one thing in a saved model. */
export function mutated(whole: Saved, random: Stream): Mutation {
  const saved = { json: structuredClone(whole.json), bytes: whole.bytes.slice() };
  const where = random.uniform();
  if (where < 0.08) return cut(saved, random);
  const isManifest = where < 0.25;
  const root = isManifest ? saved.json.weightSpecs : configIn(saved);
  const { parent, name, path } = pick(placesIn(root), random);
  const change = pick(changes, random);
  const old = parent[name];
  const done = change(parent, name, random);
  const now = parent[name];
  const isAnother = (Number.isFinite(old) && Number.isFinite(now)) || (name === 'capacity' && now === null);
  return {
    isAnother,
    what: `${isManifest ? 'weights' : 'config'} ${path.join('.')}: ${done}`,
    saved,
  };
}

function cut(saved: Saved, random: Stream): Mutation {
  const { length } = saved.bytes;
  // A whole number of numbers, or any number of bytes.
  const end = random.uniform() < 0.5 ? random.integer(length) : 4 * random.integer(length / 4);
  return {
    isAnother: false,
    what: `weights cut to ${end} of ${length} bytes`,
    saved: { ...saved, bytes: saved.bytes.slice(0, end) },
  };
}

interface Place {
  readonly parent: SavedJson;
  readonly name: string;
  readonly path: readonly string[];
}

function placesIn(value: SavedJson, path: readonly string[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  // The config of a layer of tfjs is tfjs's to read, as in any model: with defaults, and without end where a deviation of
  // its initializers is no number.
  if (/layers,\d+,config$/.test(path.join())) return [];
  return Object.keys(value).flatMap((name) => [
    { parent: value, name, path: [...path, name] },
    ...placesIn(value[name], [...path, name]),
  ]);
}

type Change = (parent: SavedJson, name: string, random: Stream) => string;

const changes: readonly Change[] = [
  (parent, name) => {
    if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else delete parent[name];
    return 'is missing';
  },
  (parent, name) => {
    if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(name)]));
    else parent[`${name}_2`] = structuredClone(parent[name]);
    return 'is there twice';
  },
  (parent, name, random) => {
    if (Array.isArray(parent)) return 'stays';
    const other = pick(['__proto__', 'constructor', 'toString', name.toUpperCase(), `${name}s`], random);
    const value = parent[name];
    delete parent[name];
    // As JSON.parse makes it: a property of its own, whatever its name.
    Object.defineProperty(parent, other, { value, enumerable: true, configurable: true, writable: true });
    return `is called ${other}`;
  },
  (parent, name) => {
    parent[name] = { [name]: parent[name] };
    return 'lies in an object';
  },
  (parent, name) => {
    parent[name] = [parent[name]];
    return 'lies in a list';
  },
  ...Array.from({ length: 5 }, () => ofAnotherType),
];

function ofAnotherType(parent: SavedJson, name: string, random: Stream): string {
  const old = parent[name];
  const kind = (value: unknown) =>
    value === null || Array.isArray(value) ? String(value && 'list') : typeof value;
  // Another name, list or flag may be another model, and so may a number or an object where there was none.
  const isOther = (value: SavedJson) =>
    kind(value) !== kind(old) && (old !== null || !['number', 'object'].includes(kind(value)));
  const others = values.filter(isOther);
  const value = pick(typeof old === 'number' ? [...others, ...numbers] : others, random);
  parent[name] = value === deep ? deepest(name) : structuredClone(value);
  return `is ${String(JSON.stringify(value) ?? value).slice(0, 40)}`;
}

const deep = { deep: true };
const numbers = [Number.NaN, Infinity, -1, 0.5, 2 ** 53, 1e300];
const values: readonly SavedJson[] = [
  null,
  true,
  '',
  'x'.repeat(100_000),
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  '1',
  {},
  { kind: 'constructor' },
  { __proto__: null, kind: '__proto__' },
  { toString: 1 },
  deep,
  [],
  [null],
  [[]],
  new Array(10_000).fill(1),
  -1.5,
  Number.NaN,
  Infinity,
];

/** The same field inside itself, 10^4 times. */
function deepest(name: string): SavedJson {
  let value: SavedJson = { kind: 'topK', k: 1 };
  for (let level = 0; level < 10_000; level++) value = { kind: 'topK', k: 1, [name]: value };
  return value;
}

function pick<T>(list: readonly T[], random: Stream): T {
  return list[random.integer(list.length)]!;
}
