import { describe, expect, it } from 'vitest';
import { Lfm2Model } from '../src/model/model.ts';
import { goldenFolder, goldenValues, TINY } from './golden.ts';

const PROMPT = [1, 6, 23, 42, 7, 63, 12];

describe('the golden model', () => {
  it('has the weights of its generator', () => {
    expect([...goldenValues(1, 4, 1, 0)]).toEqual([-0.57735837, 0.38702327, -0.1668065, 0.4659093].map(Math.fround));
    const taps = goldenValues(4, 3, 1.5 / Math.sqrt(3), 0);
    expect([...taps]).toEqual([0.2609739, 0.29875329, 0.81289351].map(Math.fround));
  });

  it('has the logits of the reference, however it is read', async () => {
    const model = await Lfm2Model.load(goldenFolder(TINY), { cache: 'f32' });
    const want = [-0.291777, -5.983472, -1.794941, -2.802011, -2.03998, 0.36186, 5.33608, 1.920026];
    const whole = (await model.logits(PROMPT)).subarray(6 * 64);
    // Published with six digits.
    for (const [i, value] of want.entries()) expect(Math.abs((whole[i] as number) - value)).toBeLessThan(2e-5);
    expect(whole.reduce((a, b) => a + b)).toBeCloseTo(-25.150898, 3);
    const session = model.session();
    for (const part of [PROMPT.slice(0, 3), PROMPT.slice(3, 6), PROMPT.slice(6)]) await session.prefill(part);
    const chunked = await session.logits();
    for (const [i, value] of want.entries()) expect(Math.abs((chunked[i] as number) - value)).toBeLessThan(2e-5);
    const greedy: number[] = [];
    for await (const { token } of session.generate({ preset: 'greedy', maxTokens: 12 })) greedy.push(token);
    expect(greedy).toEqual([25, 12, 42, 24, 32, 43, 43, 60, 60, 60, 60, 60]);
    model.dispose();
  });
});
