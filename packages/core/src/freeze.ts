/**
 * Deep freezing of plugin objects: a plugin can be shared between layers only because nobody can change it.
 */
export function freeze<T extends object>(plugin: T): T {
  for (const value of Object.values(plugin)) {
    if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && isPlain(value))
      freeze(value);
  }
  return Object.freeze(plugin);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}
