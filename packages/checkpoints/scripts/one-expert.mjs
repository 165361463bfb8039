/**
 * Reads one expert of a sparse file of 2 GB, and fails where that takes 200 MB of memory, or more than 1.1 of the expert's
 * bytes. `--bytes=N` another size.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSource, numbersOf, openSafetensors, safetensorsChunks } from '@tfjs-moe/checkpoints/safetensors';

const word = process.argv.find((each) => each.startsWith('--bytes='));
const size = Number(word?.slice(8) ?? 2 ** 31);
const [features, hidden] = [1024, 2048];
const perExpert = 3 * features * hidden * 4;
const experts = Math.floor(size / perExpert);

const folder = mkdtempSync(join(tmpdir(), 'one-expert-'));
try {
  const path = join(folder, 'model.safetensors');
  await writeSparse(path);
  const handle = await open(path);
  let asked = 0;
  const source = await fileSource({
    stat: () => handle.stat(),
    read(buffer, offset, length, position) {
      asked += length;
      return handle.read(buffer, offset, length, position);
    },
  });
  const file = await openSafetensors(source);
  for (const part of ['w1', 'w2', 'w3'])
    numbersOf(await file.read(`model.layers.0.block_sparse_moe.experts.${experts - 1}.${part}.weight`));
  await handle.close();
  const memory = process.resourceUsage().maxRSS * 1024;
  const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const share = asked / perExpert;
  console.log(
    `file ${megabytes(source.size)}, expert ${megabytes(perExpert)}, read ${share.toFixed(4)} of it, memory ${megabytes(memory)}`,
  );
  if (share > 1.1 || memory > 200e6) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** A header that says what lies in the file, of which nothing is written: the file system has no blocks for it. */
async function writeSparse(path) {
  const names = Array.from({ length: experts }, (_, e) =>
    ['w1', 'w2', 'w3'].map((part) => `model.layers.0.block_sparse_moe.experts.${e}.${part}.weight`),
  ).flat();
  // Bytes that are only counted.
  const bytes = { length: features * hidden * 4 };
  const tensors = names.map((name) => ({ name, dtype: 'F32', shape: [hidden, features], bytes }));
  const [header] = safetensorsChunks(tensors);
  const handle = await open(path, 'w');
  await handle.write(header);
  await handle.truncate(header.length + names.length * bytes.length);
  await handle.close();
}
