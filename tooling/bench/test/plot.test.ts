import { expect, it } from 'vitest';
import { linePlot } from '../src/plot.mjs';

const svg = linePlot({
  title: 'Time & <length>',
  x: 'tokens',
  y: 'ms',
  lines: [
    {
      name: 'linear',
      points: [
        [512, 5],
        [1024, 10],
        [2048, 20],
      ],
    },
    {
      name: 'quadratic',
      points: [
        [512, 5],
        [1024, 20],
        [2048, 80],
      ],
    },
    { name: 'not measured', points: [] },
  ],
});

it('draws a point for every value, and names every line', () => {
  expect(svg.match(/<circle /g)).toHaveLength(6);
  expect(svg.match(/<polyline /g)).toHaveLength(3);
  for (const name of ['linear', 'quadratic', 'not measured', 'Time &amp; &lt;length&gt;'])
    expect(svg).toContain(`>${name}<`);
});

it('puts equal factors at equal distances', () => {
  const points = [...svg.matchAll(/points="([^"]*)"/g)].map(([, text]) =>
    (text as string)
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split(',').map(Number)),
  );
  const [[a, b, c], [, , d]] = points as [number[][], number[][]];
  const [ax, ay] = a as [number, number];
  const [bx, by] = b as [number, number];
  const [cx, cy] = c as [number, number];
  // coordinates are rounded to a tenth
  expect(Math.abs(bx - ax - (cx - bx))).toBeLessThan(0.25);
  expect(Math.abs(by - ay - (cy - by))).toBeLessThan(0.25);
  expect(by).toBeLessThan(ay);
  expect((d as [number, number])[1]).toBeLessThan(cy);
});
