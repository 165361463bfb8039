/** A field of a message of protocol buffers: the pieces of its encoding. */
export type Field = readonly Uint8Array[];

/** A whole number under a field number; not negative. */
export function integerField(field: number, value: number): Field {
  return [varint(field * 8), varint(value)];
}

/** Bytes, a text or a message under a field number. */
export function bytesField(field: number, content: string | Uint8Array | readonly Field[]): Field {
  const pieces =
    typeof content === 'string'
      ? [new TextEncoder().encode(content)]
      : content instanceof Uint8Array
        ? [content]
        : content.flat();
  return [varint(field * 8 + 2), varint(sizeOf(pieces)), ...pieces];
}

/** A float32 under a field number. */
export function floatField(field: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [varint(field * 8 + 5), bytes];
}

/** Fields, one after the other. */
export function messageBytes(fields: readonly Field[]): Uint8Array {
  const pieces = fields.flat();
  const message = new Uint8Array(sizeOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    message.set(piece, at);
    at += piece.length;
  }
  return message;
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((size, piece) => size + piece.length, 0);
}

/** Seven bits in a byte, the lowest first; the highest bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
