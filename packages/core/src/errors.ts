import { isTfjsObject } from './tfjs-object.ts';

/**
 * The one error of tfjs-moe: who complains, the rule that was broken, and what was received.
 *
 * `[tfjs-moe] topK: k must be an integer between 1 and the number of experts (8). Received: 0.`
 */
export class MoeError extends Error {
  override readonly name = 'MoeError';
  /** The function or kind that complains, for example `topK`. */
  readonly who: string;

  /**
   * @param who the function or kind that complains
   * @param rule what was expected, without a full stop
   * @param received at most one value: what was received instead; without it the message ends after the rule
   */
  constructor(who: string, rule: string, ...received: readonly [value?: unknown]) {
    super(`[tfjs-moe] ${who}: ${rule}.${received.length > 0 ? ` Received: ${show(received[0])}.` : ''}`);
    this.who = who;
  }
}

const LONGEST = 120;

/** A value as one short line, for error messages. */
export function show(value: unknown): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value));
  if (typeof value === 'function') return `a function${value.name ? ` (${value.name})` : ''}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isTfjsObject(value)) return `an object of tfjs (${value.getClassName()})`;
  try {
    return shorten(JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
