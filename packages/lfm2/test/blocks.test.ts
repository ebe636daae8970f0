import { rmsRatio } from '@gossamer/testkit/bounds';
import { kernelVariants } from '@gossamer/testkit/kernels';
import { describe, expect, it } from 'vitest';
import { Lfm2Model } from '../src/model/model.ts';
import { BLOCK_MODELS, blockFile } from './gguf-model.ts';

const CONVERTED = ['Q4_1', 'Q5_0', 'Q5_1', 'Q2_K', 'Q3_K', 'Q5_K', 'IQ4_NL', 'IQ4_XS'];
const FLOATS = ['F32', 'F16', 'BF16'];

/**
 * int8 activations add to a product an RMS error of peak/127/√12 of their columns. For 32 or 256 columns of normed values (peak about
 * 2 or 3σ) that is 0.5 or 0.7 %; the gated products before `down` have peaks of up to 16σ among 256, 4 %. Over 4 layers of 4 products and
 * the head, √(4·4² + 13·0.7²) = 8 % for the K types, √(4·2² + 13·0.5²) = 4.5 % for scales of 32 columns; int8 weights of converted types add
 * 0.5 % a product, 2 %.
 */
function allowed(name: string): number {
  if (FLOATS.includes(name)) return 1e-4;
  if (CONVERTED.includes(name)) return 0.065;
  return name === 'Q8_0' || name === 'Q4_0' ? 0.045 : 0.08;
}

describe.each(kernelVariants())('models in the types of GGUF in the %s build', (variant) => {
  it.each(BLOCK_MODELS.cases.map((each) => [each.name, each] as const))(
    '%s: has the logits of its dequantised weights',
    async (name, each) => {
      const model = await Lfm2Model.load(blockFile(each), { variant, cache: 'f32' });
      const want = new Float32Array(new Uint8Array(Buffer.from(each.logits, 'base64')).buffer);
      const logits = await model.logits(each.ids);
      const got = logits.subarray(each.firstRow * 256, each.firstRow * 256 + want.length);
      const ratio = rmsRatio(got, want);
      expect(ratio).toBeLessThan(allowed(name));
      expect(model.conversions.length > 0).toBe(CONVERTED.includes(name));
      for (const { from, relativeError } of model.conversions) {
        expect(from).toBe(name);
        expect(relativeError).toBeLessThan(0.01);
      }
      model.dispose();
    },
  );
});
