import * as tf from '@tensorflow/tfjs-core';
import { expectKnownOptions, expectNumber, type Ops, type Stream, stream } from '@tfjs-moe/core';
import { bring } from '../brought.ts';
import type { ExpertBank } from '../experts/expert-bank.ts';
import { bankWith, type Extension } from './extension.ts';

/** Options of `expertDropout`: the share of numbers that is dropped, from 0 to below 1. */
export interface ExpertDropoutOptions {
  /** Of what experts are given. Default 0. */
  readonly input?: number;
  /** Of what an activation returns inside an expert that is written in Ops. Default 0. */
  readonly hidden?: number;
  /** Of what experts return, before the gate's weights. Default 0. */
  readonly output?: number;
}

/** Dropout at and in the experts of a layer. */
export interface ExpertDropout extends Extension<'expertDropout'> {}

/**
 * Dropout at and in the experts: in training, every number is 0 with probability p, and divided by 1 - p otherwise.
 *
 * The gate sees whole inputs. What is dropped is a function of the layer's seed and of its number of training calls, as
 * noise is, so a resumed run goes on as if it had never stopped; it is another under another dispatcher, and under dense
 * dispatch all experts see one token's input with the same numbers dropped. Shared experts are left alone.
 *
 * Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014); expert dropout:
 * Fedus, Zoph and Shazeer, "Switch Transformers" (2021), section 2.4.
 *
 * @throws MoeError for a share below 0, or of 1 and above
 * @example mixtureOfExperts({ ..., dropout: expertDropout({ hidden: 0.4 }) })
 */
export const expertDropout: (options: ExpertDropoutOptions) => ExpertDropout =
  /* @__PURE__ */ defineExpertDropout();

const WHO = 'expertDropout';

function defineExpertDropout(): typeof expertDropout {
  bring('dropout', readExpertDropout);
  return (options) => readExpertDropout(options);
}

/** Dropout from itself, its options or the config of a saved model. */
export function readExpertDropout(given: object): ExpertDropout {
  if ((given as Partial<ExpertDropout> | null)?.role === WHO) return given as ExpertDropout;
  expectKnownOptions(WHO, given, ['input', 'hidden', 'output']);
  const options = given as ExpertDropoutOptions;
  const share = (name: keyof ExpertDropoutOptions) =>
    expectNumber(WHO, name, options[name] ?? 0, { min: 0, max: 0.999 });
  const config = { input: share('input'), hidden: share('hidden'), output: share('output') };
  return Object.freeze<ExpertDropout>({ role: WHO, config, around: (bank) => dropping(bank, config) });
}

function dropping(bank: ExpertBank, { input, hidden, output }: Required<ExpertDropoutOptions>): ExpertBank {
  let seed = 0;
  return bankWith(bank, {
    build(context) {
      seed = context.seed;
      bank.build(context);
    },
    run(dispatched, training, call) {
      if (!training) return bank.run(dispatched, training, call);
      const random = stream(seed, 'dropout', call);
      const inside = <V extends Ops<tf.Tensor>>(ops: V): V =>
        hidden === 0 ? ops : droppingOps(ops, hidden, random);
      const y = bank.run(
        {
          ...dispatched,
          inside,
          ops: inside(dispatched.ops),
          input: dropped(dispatched.input, input, random),
          eachExpert: (run) =>
            dispatched.eachExpert((x_ND, expert, counts_N) =>
              run(dropped(x_ND, input, random) as tf.Tensor2D, expert, counts_N),
            ),
        },
        training,
        call,
      );
      return dropped(y, output, random);
    },
  });
}

/** The same operations, with numbers dropped of what an activation returns. */
function droppingOps<V extends Ops<tf.Tensor>>(ops: V, share: number, random: Stream): V {
  const own: Pick<Ops<tf.Tensor>, 'activation' | 'affine'> = {
    activation: (name, a) => dropped(ops.activation(name, a), share, random),
    affine(x, kernel, bias, activation) {
      const y = ops.affine(x, kernel, bias, activation);
      return activation === undefined ? y : dropped(y, share, random);
    },
  };
  return { ...ops, ...own };
}

/** Drawn in JavaScript and not by the backend, so that every backend drops the same. */
function dropped(x: tf.Tensor, share: number, random: Stream): tf.Tensor {
  if (share === 0) return x;
  const drawn = new Float64Array(x.size);
  random.uniforms(drawn);
  const kept = new Float32Array(x.size);
  for (let i = 0; i < kept.length; i++) kept[i] = drawn[i]! < share ? 0 : 1 / (1 - share);
  return tf.mul(x, tf.tensor(kept, x.shape));
}
