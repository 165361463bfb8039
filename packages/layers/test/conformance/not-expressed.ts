/** A vector that no option comes to, and why. */
export interface NotExpressed {
  readonly vector: string;
  readonly convention: string;
  readonly library: string;
  readonly reason: string;
}

const elsewhere = 'how a file holds numbers, not how tokens are routed';
const surgery = 'a change of a trained model, not of its routing';

export const notExpressed: readonly NotExpressed[] = [
  {
    vector: 'sigmoid_underflow',
    convention: 'shares of sigmoids with 1e-20 in the sum',
    library: 'Megatron #1545',
    reason: 'lets a router cheat its balance loss; the exact shares are there',
  },
  {
    vector: 'k1_renormalise_trap',
    convention: 'the only weight divided by itself',
    library: 'some programs with K = 1',
    reason: 'no gradient would reach the router: K = 1 never renormalises',
  },
  {
    vector: 'moepp_zero_copy_constant',
    convention: 'the weight of the zero expert left out of the sum',
    library: 'MoE++',
    reason: 'gates do not know which expert is which; `zero`, `identity` and `gatedConstant` are there',
  },
  {
    vector: 'sigma_moe',
    convention: 'the entropy of the mean probabilities as a loss',
    library: 'σ-MoE',
    reason: 'a loss of one’s own: `defineBalanceLoss`',
  },
  {
    vector: 'smear_lory',
    convention: 'experts merged by their weights',
    library: 'SMEAR, Lory',
    reason: 'mixes parameters, not outputs: a gate of this library never sees parameters of experts',
  },
  {
    vector: 'z_loss',
    convention: 'padding that counts as logits of 0',
    library: 'flaxformer',
    reason: 'padding counts in no loss',
  },
  {
    vector: 'co_activation',
    convention: 'of experts that are neighbours in rank',
    library: 'the script of OLMoE',
    reason: 'not what its paper defines',
  },
  {
    vector: 'upcycle_virtual_group',
    convention: 'experts from a dense layer',
    library: 'Megatron',
    reason: surgery,
  },
  { vector: 'reap_saliency', convention: 'which expert to prune', library: 'REAP', reason: surgery },
  { vector: 'm_smoe_merge', convention: 'experts that are merged', library: 'M-SMoE', reason: surgery },
  { vector: 'float_decode', convention: 'short floats', library: 'safetensors', reason: elsewhere },
  { vector: 'mxfp4_block', convention: 'blocks of four bits', library: 'gpt-oss', reason: elsewhere },
  {
    vector: 'safetensors_files',
    convention: 'which files are sound',
    library: 'safetensors',
    reason: elsewhere,
  },
];
