import type { Checkpoint } from '../safetensors/index.ts';
import { families, familyNames } from './families.ts';

/** The layers in which a router of some family stands. */
export function mixtureLayers(checkpoint: Checkpoint): number[] {
  const ends = familyNames.flatMap((name) =>
    families[name].blocks.flatMap((block) => families[name].routers.map((router) => `${block}.${router}`)),
  );
  const layers = checkpoint.names.flatMap((name) => {
    const [, number, rest] = /(?:^|\.)layers\.(\d+)\.(.+)$/.exec(name) ?? [];
    return rest !== undefined && ends.includes(rest) ? [Number(number)] : [];
  });
  return [...new Set(layers)].sort((a, b) => a - b);
}
