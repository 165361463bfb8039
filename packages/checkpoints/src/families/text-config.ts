/** A model of several modes has the config of its text beside others. */
export function textConfig(config: object): Readonly<Record<string, unknown>> {
  const { text_config: text } = config as { text_config?: object };
  return { ...(typeof text === 'object' && text !== null ? text : config) };
}
