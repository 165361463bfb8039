import type { ConfigKeys, Family, FamilyName, SharedNames } from './family.ts';

const projections = { gate: 'gate_proj', up: 'up_proj', down: 'down_proj' };
const numbered = { gate: 'w1', up: 'w3', down: 'w2' };
const fused = { gateUp: 'experts.gate_up_proj', down: 'experts.down_proj' };
const linear = { gateUp: 'input_linear.weight', down: 'output_linear.weight' };

const keys: ConfigKeys = {
  experts: 'num_local_experts',
  expertsPerToken: 'num_experts_per_tok',
  hiddenUnits: 'intermediate_size',
  activation: 'hidden_act',
};
const deepSeekKeys: ConfigKeys = {
  ...keys,
  experts: 'n_routed_experts',
  hiddenUnits: 'moe_intermediate_size',
  renormalize: 'norm_topk_prob',
  weightScale: 'routed_scaling_factor',
  groups: 'n_group',
  keep: 'topk_group',
};

const sharedAt = (folder: string, more: Partial<SharedNames> = {}): SharedNames => ({
  gate: `${folder}.gate_proj.weight`,
  up: `${folder}.up_proj.weight`,
  down: `${folder}.down_proj.weight`,
  ...more,
});

const mixtral: Family = {
  modelTypes: ['mixtral'],
  profile: 'mixtral',
  keys,
  blocks: ['block_sparse_moe', 'mlp'],
  routers: ['gate.weight'],
  perExpert: numbered,
  fused,
  writes: 'perExpert',
};

const qwen: Family = {
  ...mixtral,
  modelTypes: ['qwen3_moe'],
  profile: 'qwen3-moe',
  keys: {
    ...keys,
    experts: 'num_experts',
    hiddenUnits: 'moe_intermediate_size',
    renormalize: 'norm_topk_prob',
  },
  blocks: ['mlp'],
  perExpert: projections,
};

/** The families, by name: how the tensors of a block are called, and which routing they were trained with. */
export const families: Readonly<Record<FamilyName, Family>> = {
  'deepseek-v2': {
    ...qwen,
    modelTypes: ['deepseek_v2'],
    profile: 'deepseek-v2',
    keys: deepSeekKeys,
    shared: sharedAt('shared_experts', { isOptional: true }),
  },
  'deepseek-v3': {
    ...qwen,
    modelTypes: ['deepseek_v3', 'kimi_k2', 'glm4_moe'],
    profile: 'deepseek-v3',
    keys: deepSeekKeys,
    selectionBias: ['gate.e_score_correction_bias'],
    shared: sharedAt('shared_experts', { isOptional: true }),
  },
  'ernie-4.5': {
    ...qwen,
    modelTypes: ['ernie4_5_moe'],
    profile: 'ernie-4.5',
    keys: {
      ...keys,
      experts: 'moe_num_experts',
      expertsPerToken: 'moe_k',
      hiddenUnits: 'moe_intermediate_size',
    },
    selectionBias: ['moe_statics.e_score_correction_bias', 'gate.moe_statics.e_score_correction_bias'],
    selectionBiasAxes: 2,
    shared: sharedAt('shared_experts', { isOptional: true }),
  },
  'gpt-oss': {
    modelTypes: ['gpt_oss'],
    profile: 'gpt-oss',
    keys: { ...keys, limit: 'swiglu_limit' },
    blocks: ['mlp'],
    routers: ['router.weight'],
    routerBias: 'router.bias',
    fused,
    isTransposed: true,
    isInterleaved: true,
    hasBiases: true,
    writes: 'fused',
  },
  'granite-moe': {
    ...mixtral,
    modelTypes: ['granitemoe', 'granitemoeshared', 'granitemoehybrid'],
    keys: { ...keys, sharedHiddenUnits: 'shared_intermediate_size' },
    blocks: ['block_sparse_moe'],
    routers: ['router.layer.weight'],
    perExpert: undefined,
    fused: linear,
    shared: {
      gateUp: 'shared_mlp.input_linear.weight',
      down: 'shared_mlp.output_linear.weight',
      isOutside: true,
      isOptional: true,
    },
    writes: 'fused',
  },
  jetmoe: {
    ...mixtral,
    modelTypes: ['jetmoe'],
    keys: { ...keys, activation: 'activation_function' },
    blocks: ['mlp', 'block_sparse_moe'],
    routers: ['router.layer.weight'],
    perExpert: undefined,
    fused: linear,
    blockBias: 'bias',
    writes: 'fused',
  },
  'llama-4': {
    modelTypes: ['llama4', 'llama4_text'],
    profile: 'llama-4',
    keys,
    blocks: ['feed_forward'],
    routers: ['router.weight'],
    fused,
    isTransposed: true,
    shared: sharedAt('shared_expert'),
    writes: 'fused',
    writesUnder: 'language_model.model.',
  },
  minimax: { ...mixtral, modelTypes: ['minimax', 'minimax_text_01', 'minimax_m1'] },
  'minimax-m2': {
    ...mixtral,
    modelTypes: ['minimax_m2'],
    profile: 'minimax-m2',
    selectionBias: ['e_score_correction_bias', 'gate.e_score_correction_bias'],
  },
  mixtral,
  olmoe: {
    ...qwen,
    modelTypes: ['olmoe'],
    profile: 'olmoe',
    keys: { ...keys, experts: 'num_experts', renormalize: 'norm_topk_prob' },
  },
  'phi-moe': {
    ...mixtral,
    modelTypes: ['phimoe'],
    profile: 'phi-3.5-moe',
    keys: { ...keys, jitter: 'router_jitter_noise' },
    routers: ['gate.weight', 'router.weight'],
  },
  'qwen2-moe': {
    ...qwen,
    modelTypes: ['qwen2_moe'],
    profile: 'qwen2-moe',
    keys: { ...qwen.keys, sharedHiddenUnits: 'shared_expert_intermediate_size' },
    shared: sharedAt('shared_expert', { weighting: 'shared_expert_gate.weight' }),
  },
  'qwen3-moe': qwen,
};

/** The names of all families. */
export const familyNames: readonly FamilyName[] = Object.keys(families) as FamilyName[];
