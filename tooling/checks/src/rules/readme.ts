import { type Packed, text } from '../packed.ts';

/** The sections of a package's README after its opening, in this order (STYLE §12). */
const SECTIONS: readonly string[] = [
  'Install',
  'API',
  'Limits and accuracy',
  'Speed',
  'Where it runs',
  'Differences from the paper',
];

/** The README names the package, cites a source, and has the sections of STYLE §12 in order, with their example and tables. */
export function readme(packed: Packed): string[] {
  const { opening, sections } = split(text(packed, 'README.md'));
  const found: string[] = [];
  if (!opening.startsWith(`# ${packed.manifest.name}\n`))
    found.push(`the first line must be # ${packed.manifest.name}`);
  if (!/\b(arxiv|doi)\b/i.test(opening)) found.push('the opening cites no paper by arXiv number or DOI');
  const titles = [...sections.keys()];
  const order = titles.filter((title) => SECTIONS.includes(title));
  for (const title of SECTIONS) if (!sections.get(title)?.trim()) found.push(`"## ${title}" is missing or empty`);
  if (order.some((title, i) => i > 0 && SECTIONS.indexOf(title) < SECTIONS.indexOf(order[i - 1] as string))) {
    found.push(`sections must follow this order: ${SECTIONS.join(', ')}; got ${order.join(', ')}`);
  }
  if (!/^```(js|ts)$/m.test(sections.get('Install') ?? '')) found.push('"## Install" has no example that runs');
  for (const title of ['API', 'Speed']) {
    if (!/^\|.*\|$/m.test(sections.get(title) ?? '')) found.push(`"## ${title}" has no table`);
  }
  return found.map((problem) => `README.md: ${problem}`);
}

function split(markdown: string): { opening: string; sections: Map<string, string> } {
  const [opening = '', ...rest] = outsideFences(markdown).split(/^## /m);
  const sections = rest.map((part) => [part.split('\n', 1)[0]?.trim() ?? '', part.slice(part.indexOf('\n'))] as const);
  return { opening, sections: new Map(sections) };
}

/** Takes the comments of code blocks for what they are: a line in a fence starts no section. */
function outsideFences(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/^#/gm, ' #'));
}
