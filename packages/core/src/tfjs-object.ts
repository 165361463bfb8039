/** A class of tfjs with its options: what tfjs writes of an initializer, an activation or a layer. */
export interface TfjsClass {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** An object of tfjs that can be written as JSON, known by its shape: this package does not import tfjs. */
export interface TfjsObject {
  getClassName(): string;
  getConfig(): object;
}

/** Whether a value is an object of tfjs: an initializer, an activation, a layer. */
export function isTfjsObject(value: unknown): value is TfjsObject {
  if (typeof value !== 'object' || value === null) return false;
  const { getClassName, getConfig } = value as Partial<TfjsObject>;
  return typeof getClassName === 'function' && typeof getConfig === 'function';
}

/** Class and options of an object of tfjs, or of what tfjs writes of one; undefined for anything else. */
export function tfjsClassOf(value: unknown): TfjsClass | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isTfjsObject(value)) return { className: value.getClassName(), config: { ...value.getConfig() } };
  const { className, class_name = className, config = {} } = value as Record<string, unknown>;
  if (typeof class_name !== 'string' || typeof config !== 'object' || config === null) return undefined;
  return { className: class_name, config: config as TfjsClass['config'] };
}
