import { isCount, show } from '@gossamer/kit/errors';
import { fail } from '../errors.ts';

/** What a layer mixes tokens with. */
export type LayerType = 'conv' | 'attention';

/** The architecture of an LFM2 model, from its file. */
export interface Lfm2Config {
  /** V, rows of the embedding. */
  readonly vocabSize: number;
  /** d */
  readonly hiddenSize: number;
  /** Inner size of the feed-forward blocks. */
  readonly intermediateSize: number;
  /** H, query heads. */
  readonly heads: number;
  /** Key and value heads; divides H. */
  readonly kvHeads: number;
  /** D, elements of a head. */
  readonly headDim: number;
  readonly layerTypes: readonly LayerType[];
  /** L, taps of the short convolution. */
  readonly convLength: number;
  /** Whether the convolution and its projections have biases. */
  readonly convBias: boolean;
  readonly normEps: number;
  readonly ropeTheta: number;
  /** Longest text that the file declares, in tokens. */
  readonly contextLength: number;
  /** Whether the head is the embedding. */
  readonly tieWordEmbeddings: boolean;
}

const MOST: Record<keyof Sizes, number> = {
  vocabSize: 2 ** 24,
  hiddenSize: 2 ** 16,
  intermediateSize: 2 ** 18,
  heads: 2 ** 10,
  kvHeads: 2 ** 10,
  headDim: 2 ** 9,
  convLength: 8,
  contextLength: 2 ** 30,
};

type Sizes = Pick<
  Lfm2Config,
  'vocabSize' | 'hiddenSize' | 'intermediateSize' | 'heads' | 'kvHeads' | 'headDim' | 'convLength' | 'contextLength'
>;

const MAX_LAYERS = 1024;

/**
 * Checks that an architecture is one that is computed here; both readers of configurations end with it.
 *
 * @param file what errors call the file.
 * @throws `bad-file`
 */
export function checkConfig(config: Lfm2Config, file: string): Lfm2Config {
  for (const [key, most] of Object.entries(MOST) as [keyof Sizes, number][]) {
    const value = config[key];
    if (!isCount(value) || value > most) {
      throw fail('bad-file', `${file}: ${key}: expected an integer from 1 to ${most}, got ${show(value)}`);
    }
  }
  const { heads, kvHeads, headDim, layerTypes, normEps, ropeTheta } = config;
  if (heads % kvHeads !== 0) {
    throw fail('bad-file', `${file}: expected heads to be a multiple of key-value heads, got ${heads} and ${kvHeads}`);
  }
  if (headDim % 2 !== 0) throw fail('unsupported', `${file}: expected an even head size, got ${headDim}`);
  if (layerTypes.length === 0 || layerTypes.length > MAX_LAYERS) {
    throw fail('bad-file', `${file}: expected 1 to ${MAX_LAYERS} layers, got ${layerTypes.length}`);
  }
  if (!(normEps >= 0 && normEps < 1)) {
    throw fail('bad-file', `${file}: norm eps: expected a number from 0 to 1, got ${show(normEps)}`);
  }
  if (!(ropeTheta >= 1 && ropeTheta < 1e30)) {
    throw fail('bad-file', `${file}: rope theta: expected a number from 1 to 1e30, got ${show(ropeTheta)}`);
  }
  return config;
}
