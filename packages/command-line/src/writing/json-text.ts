/**
 * JSON of a result for standard output. JSON has no infinite numbers, and JSON.stringify makes them null, which says that
 * there is none; here they are the words "Infinity", "-Infinity" and "NaN", which Number() and Python's float() read.
 *
 * @param indent spaces of each level; everything on one line without
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'number' && !Number.isFinite(part) ? `${part}` : part),
    indent,
  );
}
