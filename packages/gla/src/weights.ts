import type { LayerShape } from './layer-config.ts';
import type { Matrix } from './matrix.ts';

/** A parameter of a checkpoint: its name and shape in the file, and what becomes of it in memory. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** A matrix is packed in the type it is stored in, a vector becomes f32. */
  readonly kind: 'matrix' | 'vector';
  /** Whether int8 storage may take it. The low-rank gate stays exact: it is tiny, and its error would compound over time. */
  readonly quantizable: boolean;
}

/** Where parameters lie in wasm memory, by name. */
export interface Placement {
  matrix(name: string): Matrix;
  /** Address of an f32 vector. */
  vector(name: string): number;
}

/** Addresses of one attention layer's weights; 0 where the layer has no such vector. */
export interface LayerWeights {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly v: Matrix;
  readonly g: Matrix | undefined;
  readonly gateDown: Matrix;
  readonly gateUp: Matrix;
  readonly gateBias: number;
  readonly norm: number;
  readonly o: Matrix;
  readonly qConv: number;
  readonly kConv: number;
  readonly vConv: number;
}

function matrix(name: string, rows: number, cols: number, quantizable = true): Parameter {
  return { name, shape: [rows, cols], kind: 'matrix', quantizable };
}

function vector(name: string, ...shape: number[]): Parameter {
  return { name, shape, kind: 'vector', quantizable: false };
}

function normName(shape: LayerShape): string {
  return shape.outputGate ? 'g_norm_swish_gate.weight' : 'g_norm.weight';
}

/** The name that the same weight has when the reference was told not to fuse norm and gate (`fuse_norm: false`). */
export function unfusedName(name: string): string {
  return name.replace('g_norm_swish_gate', 'g_norm');
}

/** The parameters of fla's `GatedLinearAttention`, names after `prefix`. */
export function layerParameters(shape: LayerShape, prefix = ''): Parameter[] {
  const { hiddenSize, queryDim, valueDim, kvKeyDim, kvValueDim, gateLowRankDim, convSize } = shape;
  const parameters = [
    matrix(`${prefix}q_proj.weight`, queryDim, hiddenSize),
    matrix(`${prefix}k_proj.weight`, kvKeyDim, hiddenSize),
    matrix(`${prefix}v_proj.weight`, kvValueDim, hiddenSize),
    matrix(`${prefix}gk_proj.0.weight`, gateLowRankDim, hiddenSize, false),
    matrix(`${prefix}gk_proj.1.weight`, kvKeyDim, gateLowRankDim, false),
    vector(`${prefix}gk_proj.1.bias`, kvKeyDim),
    matrix(`${prefix}o_proj.weight`, hiddenSize, valueDim),
  ];
  if (shape.outputGate) parameters.push(matrix(`${prefix}g_proj.weight`, valueDim, hiddenSize));
  if (shape.elementwiseAffine) parameters.push(vector(prefix + normName(shape), shape.valueSize));
  if (convSize !== undefined) {
    parameters.push(
      vector(`${prefix}q_conv1d.weight`, queryDim, 1, convSize),
      vector(`${prefix}k_conv1d.weight`, kvKeyDim, 1, convSize),
      vector(`${prefix}v_conv1d.weight`, kvValueDim, 1, convSize),
    );
  }
  return parameters;
}

/** Picks a layer's weights out of a placement that holds all of its parameters. */
export function layerWeights(shape: LayerShape, placed: Placement, prefix = ''): LayerWeights {
  const conv = shape.convSize !== undefined;
  return {
    q: placed.matrix(`${prefix}q_proj.weight`),
    k: placed.matrix(`${prefix}k_proj.weight`),
    v: placed.matrix(`${prefix}v_proj.weight`),
    g: shape.outputGate ? placed.matrix(`${prefix}g_proj.weight`) : undefined,
    gateDown: placed.matrix(`${prefix}gk_proj.0.weight`),
    gateUp: placed.matrix(`${prefix}gk_proj.1.weight`),
    gateBias: placed.vector(`${prefix}gk_proj.1.bias`),
    norm: shape.elementwiseAffine ? placed.vector(prefix + normName(shape)) : 0,
    o: placed.matrix(`${prefix}o_proj.weight`),
    qConv: conv ? placed.vector(`${prefix}q_conv1d.weight`) : 0,
    kConv: conv ? placed.vector(`${prefix}k_conv1d.weight`) : 0,
    vConv: conv ? placed.vector(`${prefix}v_conv1d.weight`) : 0,
  };
}
