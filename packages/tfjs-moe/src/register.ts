/**
 * Registers everything built in: `import 'tfjs-moe/register'` in a program that loads models of unknown content, where a
 * bundler would drop the gates, experts and losses that the program itself never uses.
 */
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import '@tfjs-moe/layers/register';
