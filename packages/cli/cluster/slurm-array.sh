#!/bin/bash
# A study on Slurm: an array, one task per shard. A task that is requeued goes on where it stopped.
#
#   sbatch packages/cli/cluster/slurm-array.sh exact-rate        (from the root of a clone, after pnpm install and build)
#
# Afterwards: pnpm --silent moe study merge study-out/exact-rate.jsonl study-out/exact-rate.*-of-8.jsonl
#SBATCH --job-name=moe-study
#SBATCH --array=0-7
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail

study=${1:?usage: sbatch slurm-array.sh STUDY [options of moe study]}
shift
# auto takes part and count from SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT.
exec node packages/cli/dist/main.js study "$study" --shard auto --workers "${SLURM_CPUS_PER_TASK:-2}" "$@"
