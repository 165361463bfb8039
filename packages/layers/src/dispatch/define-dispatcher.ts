import { MoeError } from '@tfjs-moe/core';
import { development, didYouMean } from '@tfjs-moe/core/hints';
import { type DispatchName, dispatchNames } from './auto.ts';
import { denseDispatch } from './dense.ts';
import type { Dispatcher } from './dispatcher.ts';
import { groupedDispatch } from './grouped.ts';

/** What the layer's option `dispatch` takes: the name of a built-in dispatcher, or a dispatcher. */
export type Dispatch = DispatchName | Dispatcher;

const advice =
  '; one of your own is known by its name once the module that calls defineDispatcher is imported';

const defined = new Map<string, Dispatcher>();

/**
 * Makes a dispatcher of one's own: another way of bringing tokens to experts, such as buffers on another device.
 *
 * The layer takes it as `dispatch: mine`. A saved layer holds its name, so a program that loads one imports the module
 * that defines it. With a `capacity` the pairs that find no room are taken out of the plan before it sees it.
 * `testDispatcher` of `@tfjs-moe/layers/testing` checks the contract.
 * @param dispatcher its `name` in lower camel case, none of the built-in ones, and `dispatch(x_TD, plan)`
 * @returns the same, frozen
 * @throws MoeError if the name cannot be saved, or is taken by a built-in one
 */
export function defineDispatcher(dispatcher: Dispatcher): Dispatcher {
  const { name, dispatch } = Object(dispatcher) as Dispatcher;
  if (development) expectDefinition({ name, dispatch });
  const frozen = Object.freeze<Dispatcher>({ name, dispatch });
  defined.set(name, frozen);
  return frozen;
}

function expectDefinition({ name, dispatch }: Dispatcher): void {
  const who = 'defineDispatcher';
  if (typeof name !== 'string' || !/^[a-z][A-Za-z0-9]*$/.test(name)) {
    throw new MoeError(who, 'name must be lower camel case, like grouped', name);
  }
  if ((dispatchNames as readonly string[]).includes(name) || name === 'dropping') {
    throw new MoeError(who, `name must be none of the built-in ones (${dispatchNames.join(', ')})`, name);
  }
  if (typeof dispatch !== 'function') throw new MoeError(who, 'dispatch must be a function', dispatch);
}

/** Reads the option `dispatch`. */
export function expectDispatch(who: string, given: unknown): DispatchName | Dispatcher {
  if (typeof given === 'string') {
    const builtIn = dispatchNames.find((name) => name === given);
    if (builtIn !== undefined) return builtIn;
    const own = defined.get(given);
    if (own !== undefined) return own;
    const names = [...dispatchNames, ...defined.keys()];
    const known = names.map((name) => `'${name}'`).join(', ');
    const hint = development ? didYouMean(given, names) + advice : '';
    throw new MoeError(who, `dispatch must be one of ${known}, or a dispatcher${hint}`, given);
  }
  const { name, dispatch } = (given ?? {}) as Partial<Dispatcher>;
  if (typeof name !== 'string' || typeof dispatch !== 'function') {
    throw new MoeError(who, 'dispatch must be a name or { name, dispatch(x_TD, plan) }', given);
  }
  if (given === denseDispatch) return 'dense';
  if (given === groupedDispatch) return 'grouped';
  return defined.get(name) === given ? (given as Dispatcher) : defineDispatcher(given as Dispatcher);
}

/** What a config holds of a dispatcher. */
export function nameOfDispatch(dispatch: DispatchName | Dispatcher): string {
  return typeof dispatch === 'string' ? dispatch : dispatch.name;
}
