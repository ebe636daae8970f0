import { expect, it } from 'vitest';

/** d, the option if there is one, and the number of specs/qmc.md §12. */
const WANT: { readonly [name: string]: ReadonlyArray<readonly [d: number, option: object, exact: number]> } = {
  keister: [
    [1, {}, 1.380388447043143],
    [2, {}, 1.80818642926362],
    [3, {}, 2.168309102165481],
    [4, {}, 2.165929302574506],
    [5, {}, 1.1353239910124924],
    [10, {}, -154.1938856222181],
    [20, {}, -82757.01080626155],
    [50, {}, 610591703186.3381],
  ],
  'genz-oscillatory': [
    [1, { kind: 1 }, -0.2172289150366882],
    [2, { kind: 1 }, -0.3505281658600824],
    [2, { kind: 2 }, -0.3285039038989824],
    [2, { kind: 3 }, -0.21729009080681186],
    [5, { kind: 3 }, -0.23251444094103865],
  ],
  'genz-corner-peak': [
    [1, { kind: 1 }, 0.8],
    [2, { kind: 1 }, 0.713312693498452],
    [2, { kind: 2 }, 0.7142857142857143],
    [2, { kind: 3 }, 0.7199964007378847],
    [5, { kind: 1 }, 0.5047157158096405],
    [10, { kind: 2 }, 0.309151856160319],
    [50, { kind: 2 }, 0.0149370650337198],
  ],
  ishigami: [[3, {}, 3.5]],
  box: [
    [1, { exponent: 3 }, 1 / 4],
    [2, { exponent: -1 }, 1.7627471740390861],
    [2, { exponent: 1 }, 0.7651957164642127],
    [3, { exponent: 1 }, 0.9605919564550529],
    [3, { exponent: -1 }, 1.1900386819897768],
    [7, { exponent: 2 }, 7 / 3],
    [2, { exponent: 4 }, 2 / 5 + 2 / 9],
    [5, { exponent: 0 }, 1],
  ],
};

const { INTEGRANDS } = await import(new URL('../bin/integrands.mjs', import.meta.url).href);

it.each(Object.entries(WANT))('the integral of %s is that of the specification', (name, cases) => {
  for (const [d, option, exact] of cases) {
    // sums of up to 40 terms that are at most 150 times the sum (Keister's at d = 50), and the 15 digits of the numbers
    expect(Math.abs(INTEGRANDS[name].make(d, option).exact / exact - 1)).toBeLessThan(1e-13);
  }
});

it('is not given where no closed form is known', () => {
  expect(INTEGRANDS.box.make(4, { exponent: 1 }).exact).toBeUndefined();
  expect(INTEGRANDS.box.make(1, { exponent: -1 }).exact).toBeUndefined();
});
