import { MoeError } from '@tfjs-moe/core';

/** Where in a checkpoint something is wrong. */
export interface Place {
  readonly file: string;
  readonly tensor?: string;
  readonly byte?: number;
}

/** The error of a place: `[tfjs-moe] model.safetensors: tensor "a", byte 12: offsets ... Received: ...`. */
export function wrongAt(place: Place, rule: string, ...received: readonly [value?: unknown]): MoeError {
  const at = [
    ...(place.tensor === undefined ? [] : [`tensor ${JSON.stringify(place.tensor)}`]),
    ...(place.byte === undefined ? [] : [`byte ${place.byte}`]),
  ].join(', ');
  return new MoeError(place.file, at === '' ? rule : `${at}: ${rule}`, ...received);
}
