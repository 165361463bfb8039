import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePng, pngAddress } from '../../src/report/png.ts';

/** Reads chunks back and checks their checksums with an implementation of its own. */
function chunks(png: Buffer): Map<string, Buffer> {
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  const found = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(checksum(body));
    found.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  return found;
}

function checksum(bytes: Buffer): number {
  let register = 0xffffffff;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++)
      register = register & 1 ? (register >>> 1) ^ 0xedb88320 : register >>> 1;
  }
  return (register ^ 0xffffffff) >>> 0;
}

test('a picture holds black with the given opacities', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(255),
      (width, height, first) => {
        const opacities = Uint8Array.from({ length: width * height }, (_, i) => (first + 37 * i) % 256);
        const parts = chunks(encodePng(opacities, width, height));
        expect([...parts.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
        const header = parts.get('IHDR')!;
        expect([header.readUInt32BE(0), header.readUInt32BE(4), ...header.subarray(8)]).toEqual([
          width,
          height,
          8,
          4,
          0,
          0,
          0,
        ]);
        const rows = inflateSync(parts.get('IDAT')!);
        expect(rows.length).toBe(height * (1 + 2 * width));
        for (let y = 0; y < height; y++) {
          const row = rows.subarray(y * (1 + 2 * width), (y + 1) * (1 + 2 * width));
          expect(row[0]).toBe(0);
          for (let x = 0; x < width; x++) {
            expect([row[1 + 2 * x], row[2 + 2 * x]]).toEqual([0, opacities[y * width + x]]);
          }
        }
      },
    ),
  );
});

test('its address holds the picture', () => {
  expect(pngAddress(new Uint8Array(1), 1, 1)).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
});
