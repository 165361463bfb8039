/** `node --import ../scripts/from-source.mjs print-result.mjs FILE NAME`: what an exported function returns, as JSON. */
import { pathToFileURL } from 'node:url';

const [file, name] = process.argv.slice(2);
const module = await import(pathToFileURL(file).href);
process.stdout.write(JSON.stringify(await module[name]()));
