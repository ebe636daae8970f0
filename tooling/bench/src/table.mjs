// Rows as a table of text for a terminal.

const COLUMNS = [
  { title: 'id', of: ({ id }) => id },
  { title: 'work', of: ({ work }) => work },
  { title: 'ours', right: true, of: ({ ours }) => significant(ours) },
  { title: 'unit', of: ({ unit }) => unit },
  { title: 'peer', right: true, of: ({ peer }) => significant(peer) },
  { title: 'ratio', right: true, of: ({ ratio }) => (ratio === null ? '' : `${significant(ratio)}×`) },
  {
    title: '95 % interval',
    of: ({ ratioLow, ratioHigh }) => (ratioLow === null ? '' : `${significant(ratioLow)}–${significant(ratioHigh)}`),
  },
  { title: 'limit', right: true, of: ({ limit }) => significant(limit) },
  {
    title: 'share',
    right: true,
    of: ({ limitShare }) => (limitShare === null ? '' : `${Math.round(limitShare * 100)} %`),
  },
  { title: 'peer is', of: ({ peerName }) => peerName ?? '' },
];

/** @param {import('./rows.mjs').Row[]} rows @returns {string} lines without an end of line after the last */
export function formatTable(rows) {
  const cells = [COLUMNS.map(({ title }) => title), ...rows.map((row) => COLUMNS.map(({ of }) => of(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => (COLUMNS[column].right ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const texts = [...new Set(rows.flatMap(({ note }) => note ?? []))];
  const notes = texts.map((text) => {
    const ids = rows.filter(({ note }) => note === text).map(({ id }) => id);
    return `  ${ids.join(', ')}: ${text}`;
  });
  return [lines[0], rule, ...lines.slice(1), ...notes].join('\n');
}

/** Three significant digits, never in exponent form; an empty cell for null. @param {number | null} value */
export function significant(value) {
  if (value === null) return '';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}
