/**
 * Pictures as PNG data addresses: grey levels become the opacity of black, so that a page can print them in any ink.
 *
 * PNG: a signature, then chunks of length, type, data and checksum; IHDR describes, IDAT holds the rows, each after a
 * filter byte, deflated. Source: ISO/IEC 15948.
 */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const GREY_WITH_OPACITY = 4;

/** A PNG file whose pixels are black with the given opacities, 0 to 255, row by row. */
export function encodePng(opacities: Uint8Array, width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, GREY_WITH_OPACITY], 8);
  const rows = Buffer.alloc(height * (1 + 2 * width));
  for (let y = 0; y < height; y++) {
    const start = y * (1 + 2 * width) + 1;
    for (let x = 0; x < width; x++) rows[start + 2 * x + 1] = opacities[y * width + x]!;
  }
  const image = deflateSync(rows, { level: 9 });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', image),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The address of a picture that is its own content. */
export function pngAddress(opacities: Uint8Array, width: number, height: number): string {
  return `data:image/png;base64,${encodePng(opacities, width, height).toString('base64')}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
