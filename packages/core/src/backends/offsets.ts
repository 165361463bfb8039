/** The rows where experts begin: numbers, or on the device what the list has as its tensor. */
export interface DeviceOffsets<Info> extends ReadonlyArray<number> {
  readonly tensor?: Info;
}

/** What is used of a backend to send numbers to its device. */
export interface SendsNumbers<Info> {
  makeTensorInfo(shape: number[], dtype: 'int32', values: Int32Array): Info;
  disposeData(dataId: object): boolean;
}

/** Runs what reads offsets, with numbers sent to the device for as long as it takes. */
export function withOffsets<Info extends { readonly dataId: object }, T>(
  backend: SendsNumbers<Info>,
  offsets: DeviceOffsets<Info>,
  run: (offsets: Info) => T,
): T {
  if (offsets.tensor) return run(offsets.tensor);
  const sent = backend.makeTensorInfo([offsets.length], 'int32', Int32Array.from(offsets));
  try {
    return run(sent);
  } finally {
    backend.disposeData(sent.dataId);
  }
}
