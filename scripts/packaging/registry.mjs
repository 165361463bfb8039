/**
 * A registry on this machine that takes what npm publishes and gives it out again; for any other package it points to the
 * registry that npm is set to. What is published here is gone with the process: a release is rehearsed on it.
 *
 * It answers from a thread of its own, so that programs may wait for npm.
 */
import { createServer } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * @param names the packages that are ours: of these the other registry is never asked
 * @param uplink address of the registry for everything else
 * @returns its address
 */
export async function openRegistry(names, uplink) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { names, uplink } });
  worker.unref();
  const port = await new Promise((done, fail) => worker.once('message', done).once('error', fail));
  return `http://127.0.0.1:${port}`;
}

if (!isMainThread) serve(workerData);

function serve({ names, uplink }) {
  const published = new Map();
  const tarballs = new Map();
  const server = createServer(async (request, response) => {
    const answer = (status, body) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const path = decodeURIComponent(new URL(request.url, 'http://127.0.0.1').pathname).slice(1);
    if (tarballs.has(path)) return response.writeHead(200).end(tarballs.get(path));
    if (!names.includes(path)) return response.writeHead(302, { location: `${uplink}${request.url}` }).end();
    if (request.method === 'PUT') {
      const problem = keep(JSON.parse(await textOf(request)), `http://${request.headers.host}`);
      return problem ? answer(403, { error: problem }) : answer(201, { ok: true });
    }
    return published.has(path) ? answer(200, published.get(path)) : answer(404, { error: 'not found' });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));

  /** Keeps one new version of a package, and says what is wrong if it cannot. */
  function keep({ name, versions, _attachments, 'dist-tags': tags }, address) {
    const before = published.get(name) ?? { name, versions: {}, 'dist-tags': {} };
    for (const [version, manifest] of Object.entries(versions)) {
      if (before.versions[version]) return `${name}@${version} is there already`;
      const [attachment] = Object.values(_attachments);
      const place = `${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
      tarballs.set(place, Buffer.from(attachment.data, 'base64'));
      before.versions[version] = {
        ...manifest,
        dist: { ...manifest.dist, tarball: `${address}/${place}` },
      };
    }
    Object.assign(before['dist-tags'], tags);
    published.set(name, before);
  }
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
