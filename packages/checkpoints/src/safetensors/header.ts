import type { ByteSource } from './byte-source.ts';
import { bytesOf, type Dtype, dtypes, isDtype } from './dtype.ts';
import { type JsonObject, parseStrictJson, type StrictJson } from './json.ts';
import { type Place, wrongAt } from './place.ts';

/** What a file says of one tensor, without its numbers. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** First byte of its numbers in the file, and the byte after the last. */
  readonly begin: number;
  readonly end: number;
}

/** A header that keeps all rules of the format. */
export interface Header {
  /** In the order of their bytes in the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The longest header that the format allows, in bytes. */
export const LONGEST_HEADER = 100_000_000;

const METADATA = '__metadata__';

/** The 8 bytes that begin a file, then its header, checked against the size of the file before anything is allocated. */
export async function readHeader(source: ByteSource): Promise<Header> {
  const file = source.name;
  if (source.size < 8) throw wrongAt({ file }, 'a safetensors file has at least 8 bytes', source.size);
  const start = await source.read(0, 8);
  const said = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (said > BigInt(LONGEST_HEADER))
    throw wrongAt({ file, byte: 0 }, `the header may have ${LONGEST_HEADER} bytes`, said);
  const dataBegin = 8 + Number(said);
  if (dataBegin > source.size)
    throw wrongAt({ file, byte: 0 }, `the header ends after the file, which has ${source.size} bytes`, said);
  const place = { file, byte: 8 };
  const bytes = await source.read(8, dataBegin);
  if (bytes[0] !== 0x7b) throw wrongAt(place, 'the header must begin with {', bytes[0]);
  let last = bytes.length;
  while (bytes[last - 1] === 0x20) last--;
  if (bytes[last - 1] !== 0x7d)
    throw wrongAt(
      { file, byte: 7 + last },
      'the header must end with } and nothing but spaces',
      bytes[last - 1],
    );
  const json = parseStrictJson(bytes.subarray(0, last), place) as JsonObject;
  return { metadata: metadataOf(json, file), tensors: tensorsOf(json, file, dataBegin, source.size) };
}

function metadataOf(json: JsonObject, file: string): Map<string, string> {
  const metadata = json.get(METADATA);
  if (metadata === undefined) return new Map();
  const rule = `${METADATA} must hold texts by name`;
  if (!(metadata instanceof Map)) throw wrongAt({ file }, rule, plain(metadata));
  for (const [name, value] of metadata)
    if (typeof value !== 'string')
      throw wrongAt({ file }, `${rule}, and ${JSON.stringify(name)} is none`, plain(value));
  return metadata as Map<string, string>;
}

/** Every byte after the header belongs to one tensor: no hole, no overlap, nothing after the last. */
function tensorsOf(json: JsonObject, file: string, dataBegin: number, size: number): Map<string, TensorInfo> {
  const tensors = [...json]
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => tensorOf(name, value, { file, tensor: name }, dataBegin, size))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = dataBegin;
  for (const tensor of tensors) {
    if (tensor.begin !== end) {
      const what = tensor.begin > end ? 'a hole before it' : 'it overlaps the one before';
      const place = { file, tensor: tensor.name, byte: tensor.begin };
      throw wrongAt(place, `tensors must follow each other, and there is ${what}`, tensor.begin - end);
    }
    end = tensor.end;
  }
  if (end !== size)
    throw wrongAt(
      { file, byte: end },
      'the file must end with its last tensor, and bytes follow it',
      size - end,
    );
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function tensorOf(
  name: string,
  value: StrictJson,
  place: Place,
  dataBegin: number,
  size: number,
): TensorInfo {
  if (!(value instanceof Map)) throw wrongAt(place, 'a tensor must be an object', plain(value));
  const members = value as JsonObject;
  for (const each of members.keys())
    if (!fields.includes(each))
      throw wrongAt(place, `a tensor has ${fields.join(', ')} and nothing else`, each);
  const dtype = members.get('dtype');
  if (!isDtype(dtype)) throw wrongAt(place, `dtype must be one of ${dtypes.join(', ')}`, plain(dtype));
  const shape = integersOf(members.get('shape'), 'shape', place);
  const offsets = integersOf(members.get('data_offsets'), 'data_offsets', place);
  const [from, to] = offsets;
  if (offsets.length !== 2 || from! > to!)
    throw wrongAt(place, 'data_offsets must be a begin and an end that is not before it', offsets);
  if (to! > size - dataBegin)
    throw wrongAt(place, `data_offsets must lie in the ${size - dataBegin} bytes after the header`, offsets);
  const bytes = bytesOf(dtype, shape);
  const begin = dataBegin + from!;
  if (bytes !== to! - from!)
    throw wrongAt(
      { ...place, byte: begin },
      typeof bytes === 'string' ? bytes : `${dtype} [${shape.join(', ')}] needs ${bytes} bytes`,
      to! - from!,
    );
  return { name, dtype, shape: Object.freeze(shape), begin, end: dataBegin + to! };
}

const fields = ['dtype', 'shape', 'data_offsets'];

function integersOf(value: StrictJson | undefined, field: string, place: Place): number[] {
  const rule = `${field} must be a list of integers that are not negative`;
  if (!Array.isArray(value)) throw wrongAt(place, rule, plain(value));
  return value.map((each: StrictJson) => {
    const digits = each !== null && typeof each === 'object' && 'digits' in each ? each.digits : '';
    const integer = /^(?:0|[1-9]\d*)$/.test(digits) ? Number(digits) : Number.NaN;
    if (!Number.isSafeInteger(integer)) throw wrongAt(place, rule, digits === '' ? plain(each) : digits);
    return integer;
  });
}

/** As an error shows it. */
function plain(value: StrictJson | undefined): unknown {
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? (value as { digits: string }).digits : value;
}
