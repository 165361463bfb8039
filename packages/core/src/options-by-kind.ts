/**
 * Options of routers by their kinds, so that an editor completes `kind: '` and a wrong option in a config does not compile.
 * The module of a definition adds its own:
 *
 * `declare module '@tfjs-moe/core' { interface RouterOptionsByKind<Kind extends string> { mine: MyOptions } }`
 *
 * A kind that is not added may be used all the same, with any options. `Kind` stands for the kinds in a call, which options
 * with configs inside hand on: `Identifier<Router, Kind>`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: definitions add to it
// biome-ignore lint/correctness/noUnusedVariables: definitions need it
export interface RouterOptionsByKind<Kind extends string> {}

/** Options of gates by their kinds; as `RouterOptionsByKind`. */
// biome-ignore lint/suspicious/noEmptyInterface: definitions add to it
// biome-ignore lint/correctness/noUnusedVariables: definitions need it
export interface GateOptionsByKind<Kind extends string> {}

/** Options of experts by their kinds; as `RouterOptionsByKind`. */
// biome-ignore lint/suspicious/noEmptyInterface: definitions add to it
// biome-ignore lint/correctness/noUnusedVariables: definitions need it
export interface ExpertOptionsByKind<Kind extends string> {}

/** Options of balance losses by their kinds; as `RouterOptionsByKind`. */
// biome-ignore lint/suspicious/noEmptyInterface: definitions add to it
// biome-ignore lint/correctness/noUnusedVariables: definitions need it
export interface BalanceLossOptionsByKind<Kind extends string> {}
