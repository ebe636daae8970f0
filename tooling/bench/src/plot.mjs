// A line plot with logarithmic axes as an SVG file; its few marks need no library.

const WIDTH = 720;
const HEIGHT = 440;
const PLOT = { left: 70, right: 24, top: 48, bottom: 120 };
const COLOURS = ['#c2410c', '#1d4ed8', '#64748b', '#15803d'];

/**
 * @typedef {{ name: string, points: [number, number][] }} Line coordinates above zero
 * @param {{ title: string, x: string, y: string, lines: Line[] }} plot
 * @returns {string}
 */
export function linePlot({ title, x, y, lines }) {
  const points = lines.flatMap((line) => line.points);
  const across = axis(
    points.map(([value]) => value),
    PLOT.left,
    WIDTH - PLOT.right,
  );
  const up = axis(
    points.map(([, value]) => value),
    HEIGHT - PLOT.bottom,
    PLOT.top,
  );
  const columns = [...new Set(points.map(([value]) => value))].sort((a, b) => a - b);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(WIDTH / 2, 26, 'middle', title, ' font-size="16"'),
    ...columns.map((value) => grid(across(value), HEIGHT - PLOT.bottom, across(value), PLOT.top)),
    ...columns.map((value) => text(across(value), HEIGHT - PLOT.bottom + 18, 'middle', value.toLocaleString('en'))),
    ...powersOfTen(points.map(([, value]) => value)).flatMap((value) => [
      grid(PLOT.left, up(value), WIDTH - PLOT.right, up(value)),
      text(PLOT.left - 8, up(value) + 4, 'end', value.toLocaleString('en')),
    ]),
    text((PLOT.left + WIDTH - PLOT.right) / 2, HEIGHT - PLOT.bottom + 38, 'middle', x),
    text(PLOT.left - 8, PLOT.top - 12, 'end', y),
    ...lines.flatMap((line, i) => drawLine(line, COLOURS[i % COLOURS.length], across, up, HEIGHT - 58 + 20 * i)),
    '</svg>\n',
  ].join('\n');
}

function drawLine({ name, points }, colour, across, up, legendAt) {
  const at = points.map(([a, b]) => [round(across(a)), round(up(b))]);
  return [
    `<polyline points="${at.map((pair) => pair.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="4" fill="${colour}"/>`),
    ...at.map(([cx, cy], i) => text(cx, cy - 9, 'middle', label(points[i][1]), ` fill="${colour}" font-size="11"`)),
    `<rect x="${PLOT.left}" y="${legendAt - 9}" width="18" height="4" fill="${colour}"/>`,
    text(PLOT.left + 26, legendAt - 3, 'start', name),
  ];
}

/** A logarithmic map of the range of the values, and a margin, onto [from, to]. */
function axis(values, from, to) {
  const low = Math.log(Math.min(...values));
  const high = Math.log(Math.max(...values));
  const margin = 0.06 * (high - low || 1);
  return (value) => from + ((Math.log(value) - low + margin) / (high - low + 2 * margin)) * (to - from);
}

/** Powers of ten inside the range of the values. */
function powersOfTen(values) {
  const first = Math.ceil(Math.log10(Math.min(...values)));
  const last = Math.floor(Math.log10(Math.max(...values)));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
}

const grid = (x1, y1, x2, y2) =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#e2e8f0"/>`;
const text = (x, y, anchor, content, more = '') =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${more}>${escapeXml(content)}</text>`;
const round = (value) => Math.round(value * 10) / 10;
const label = (value) => Number(value.toPrecision(3)).toLocaleString('en');
const escapeXml = (content) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
