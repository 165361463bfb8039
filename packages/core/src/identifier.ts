import type { Json, Plugin, Role } from './identity.ts';
import type {
  BalanceLossOptionsByKind,
  ExpertOptionsByKind,
  GateOptionsByKind,
  RouterOptionsByKind,
} from './options-by-kind.ts';

/**
 * Whatever names a plugin: the object itself, its config `{ kind, ...options }`, or the bare kind.
 *
 * The kinds that are known (`GateOptionsByKind` and its like) are completed in an editor, and their configs have their
 * options and no others, at every depth; any other kind is as good, with any options.
 *
 * `Kind` are the kinds that occur in a call. A function that takes an identifier infers them, `<Kind extends string>`, to
 * be strict; without them a config may have any options.
 */
export type Identifier<T extends Plugin, Kind extends string = string> =
  | T
  | KnownKind<OptionsOf<T, Kind>>
  // A string of any other kind. The optional member keeps methods of strings out of what editors complete in a config.
  | (string & { readonly kind?: undefined })
  | KnownConfig<OptionsOf<T, Kind>>
  | OtherConfig<OptionsOf<T, Kind>, Kind>;

interface OptionsByRole<Kind extends string> extends Record<Role, unknown> {
  router: RouterOptionsByKind<Kind>;
  gate: GateOptionsByKind<Kind>;
  expert: ExpertOptionsByKind<Kind>;
  balanceLoss: BalanceLossOptionsByKind<Kind>;
}
type OptionsOf<T extends Plugin, Kind extends string> = OptionsByRole<Kind>[T['role']];

type KnownKind<Options> = keyof Options & string;
type KnownConfig<Options> = {
  [kind in keyof Options]: { readonly kind: kind } & Options[kind];
}[keyof Options];

type OtherConfig<Options, Kind extends string> =
  // A plugin has some `kind: string`. Here whole configs, not kinds, are the branches, so that what is inferred from the
  // kinds of literal configs comes before that, and a plugin beside a config does not loosen it.
  | (string extends Kind ? WithKind<string & {}> : Kind extends keyof Options ? never : WithKind<Kind>)
  | OtherOrUnusedConfig<Options, Kind>;

interface WithKind<Kind extends string> {
  readonly kind: Kind;
  readonly [option: string]: Json | undefined;
}

/**
 * Editors take the kind that is being written for another one: here they find the known ones that do not occur. An
 * interface of `Kind`, so that an identifier that is handed on hands its kinds on.
 */
interface OtherOrUnusedConfig<Options, Kind extends string>
  extends WithKind<OtherKind<Options, Kind> | UnusedKind<Options, Kind>> {}
type OtherKind<Options, Kind extends string> = string extends Kind
  ? string & {}
  : Kind extends keyof Options
    ? never
    : Kind;
type UnusedKind<Options, Kind extends string> = Exclude<KnownKind<Options>, Kind>;
