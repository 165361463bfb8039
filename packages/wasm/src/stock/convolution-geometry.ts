/** The numbers of a convolution in the order in which the kernels read them. */
import { backend_util, type Conv2DBackpropFilterAttrs } from '@tensorflow/tfjs-core';

export type Shape4D = [number, number, number, number];

type Attributes = Pick<Conv2DBackpropFilterAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & {
  readonly dilations?: [number, number] | number;
};

/**
 * @param input [batch, height, width, channels]
 * @param filter [height, width, inChannels, outChannels], or [height, width, inChannels, multiplier] if depthwise
 */
export function geometryOf(
  input: Shape4D,
  filter: Shape4D,
  { strides, dilations = 1, pad, dimRoundingMode }: Attributes,
  depthwise = false,
): number[] {
  const info = backend_util.computeConv2DInfo(
    input,
    filter,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  );
  return numbersOf(info);
}

/** The numbers of a convolution or a pooling that tfjs has worked out. */
export function numbersOf(info: backend_util.Conv2DInfo): number[] {
  return [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.outChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
}
