import { MoeError } from '@tfjs-moe/core';
import { bytesField, type Field, floatField, integerField, messageBytes } from './protobuf.ts';

/** The version of ONNX's plain operators that is written. */
const OPSET = 17;

/** An attribute of a node: whole numbers, a fraction under `float`, or a text. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | { readonly float: number } | string>
>;

/** Size of an axis: a number, or the name of one that is known when the graph runs. */
export type Axis = number | string;

/** A graph of ONNX that is being written. What its functions return are names of values. */
export interface OnnxGraph {
  /** A node with one output. An operator that is no plain one has its domain before it: `com.microsoft.MoE`. */
  node(operator: string, inputs: readonly string[], attributes?: Attributes): string;
  /** A node with several outputs. */
  nodes(operator: string, inputs: readonly string[], outputs: number, attributes?: Attributes): string[];
  /** Numbers in float32. */
  floats(numbers: Float32Array | readonly number[], shape: readonly number[], name?: string): string;
  /** Whole numbers in 64 bits. */
  integers(numbers: readonly number[], shape?: readonly number[]): string;
  input(name: string, shape: readonly Axis[]): string;
  output(name: string, value: string, shape: readonly Axis[]): void;
  /** The file. */
  bytes(): Uint8Array;
}

const FLOAT = 1;
const INT64 = 7;
/** The most bytes of a message of protocol buffers. */
const LARGEST = 2 ** 31 - 1;

/** An empty graph. */
export function onnxGraph(name: string): OnnxGraph {
  const all = { nodes: [] as Field[], tensors: [] as Field[], inputs: [] as Field[], outputs: [] as Field[] };
  const shared = new Map<string, string>();
  const used = new Set<string>();
  let values = 0;
  const domains = new Set(['']);
  const fresh = (operator: string) => `${operator}_${values++}`;

  function nodes(operator: string, inputs: readonly string[], outputs: number, attributes: Attributes = {}) {
    domains.add(domainOf(operator));
    const names = Array.from({ length: outputs }, () => fresh(operator));
    all.nodes.push(nodeField(operator, inputs, names, attributes));
    return names;
  }

  /** A constant that was there before is not written again. */
  function tensor(type: number, bytes: Uint8Array, shape: readonly number[], wanted?: string): string {
    const key = bytes.length <= 64 ? `${type} ${shape} ${bytes}` : undefined;
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined) return known;
    const own = wanted !== undefined && !used.has(wanted) ? wanted : fresh(wanted ?? 'constant');
    used.add(own);
    if (key !== undefined) shared.set(key, own);
    all.tensors.push(
      bytesField(5, [
        ...shape.map((size) => integerField(1, size)),
        integerField(2, type),
        bytesField(8, own),
        bytesField(9, bytes),
      ]),
    );
    return own;
  }

  return {
    nodes,
    node: (operator, inputs, attributes) => nodes(operator, inputs, 1, attributes)[0]!,
    floats(numbers, shape, wanted) {
      const array = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
      return tensor(FLOAT, new Uint8Array(array.buffer, array.byteOffset, array.byteLength), shape, wanted);
    },
    integers(numbers, shape = [numbers.length]) {
      const array = BigInt64Array.from(numbers, BigInt);
      return tensor(INT64, new Uint8Array(array.buffer), shape);
    },
    input(wanted, shape) {
      all.inputs.push(bytesField(11, valueFields(wanted, shape)));
      return wanted;
    },
    output(wanted, value, shape) {
      all.nodes.push(nodeField('Identity', [value], [wanted], {}));
      all.outputs.push(bytesField(12, valueFields(wanted, shape)));
    },
    bytes() {
      const graph = [...all.nodes, bytesField(2, name), ...all.tensors, ...all.inputs, ...all.outputs];
      const size = graph.flat().reduce((total, piece) => total + piece.length, 0);
      if (size > LARGEST - 1024) throw new MoeError('exportOnnx', `a graph may have ${LARGEST} bytes`, size);
      return messageBytes([
        integerField(1, 8),
        bytesField(2, 'tfjs-moe'),
        bytesField(7, graph),
        ...[...domains].map((domain) =>
          bytesField(8, [bytesField(1, domain), integerField(2, domain === '' ? OPSET : 1)]),
        ),
      ]);
    },
  };
}

function nodeField(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes,
): Field {
  return bytesField(1, [
    ...inputs.map((each) => bytesField(1, each)),
    ...outputs.map((each) => bytesField(2, each)),
    bytesField(4, operator.slice(domainOf(operator).length).replace(/^\./, '')),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(5, [bytesField(1, name), ...attributeFields(value)]),
    ),
    ...(domainOf(operator) === '' ? [] : [bytesField(7, domainOf(operator))]),
  ]);
}

/** What stands before the last point of an operator's name. */
function domainOf(operator: string): string {
  return operator.slice(0, Math.max(0, operator.lastIndexOf('.')));
}

function attributeFields(value: Attributes[string]): Field[] {
  if (typeof value === 'number') return [signed(3, value), integerField(20, 2)];
  if (typeof value === 'string') return [bytesField(4, value), integerField(20, 3)];
  if ('float' in value) return [floatField(2, value.float), integerField(20, 1)];
  return [...value.map((each) => signed(8, each)), integerField(20, 7)];
}

/** Whole numbers below 0 take all ten bytes of their two's complement. */
function signed(field: number, value: number): Field {
  if (value >= 0) return integerField(field, value);
  const bits = BigInt.asUintN(64, BigInt(value));
  const bytes = Array.from(
    { length: 10 },
    (_, i) => Number((bits >> BigInt(7 * i)) & 127n) + (i < 9 ? 128 : 0),
  );
  return [...integerField(field, 0).slice(0, 1), Uint8Array.from(bytes)];
}

function valueFields(name: string, shape: readonly Axis[]): Field[] {
  const axes = shape.map((axis) =>
    bytesField(1, [typeof axis === 'number' ? integerField(1, axis) : bytesField(2, axis)]),
  );
  const type = bytesField(1, [integerField(1, FLOAT), bytesField(2, axes)]);
  return [bytesField(1, name), bytesField(2, [type])];
}
