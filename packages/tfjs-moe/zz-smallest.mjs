export { ffn, mixtureOfExperts, topK } from 'tfjs-moe';
