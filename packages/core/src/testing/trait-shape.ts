import type { Runner } from './runner.ts';

/**
 * Tests that the traits of a definition are of a known shape. What they say is worth a test only then.
 * @param expectTraits throws where they are not
 * @returns whether they are
 */
export function testTraitShape<T>(
  { test }: Runner,
  { kind, traits }: { readonly kind: string; readonly traits?: T },
  expectTraits: (who: string, traits: T | undefined) => void,
): boolean {
  let refused: unknown;
  try {
    expectTraits(kind, traits);
  } catch (error) {
    refused = error;
  }
  test('are of a known shape', () => {
    if (refused !== undefined) throw refused;
  });
  return refused === undefined;
}
