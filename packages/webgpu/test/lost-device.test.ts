import { expect, test } from 'vitest';
import { expectDevice } from '../src/lost-device.ts';

test('a call on a lost device is refused by name, from when the browser says so', async () => {
  let lose: (info: { reason: string; message: string }) => void = () => {};
  const lost = new Promise<{ reason: string; message: string }>((resolve) => {
    lose = resolve;
  });
  const device = { lost };
  expectDevice(device);
  expectDevice(device);
  lose({ reason: 'unknown', message: 'the driver restarted' });
  await lost;
  expect(() => expectDevice(device)).toThrow(
    /^\[tfjs-moe\] webgpu: the device was lost, .*last saved, on a new backend\. Received: .*the driver restarted/,
  );
  expectDevice({});
});
