import type { Value } from './jinja.ts';
import { badTemplate, MAX_ITEMS, MAX_TEXT, SLOW_STEP, STEP } from './limits.ts';

/** Whom the steps are charged to. */
interface Meter {
  spend(steps: number): void;
}

type Method = (parameters: Value[], ...rest: never[]) => Value;

const bounded = new WeakSet<object>();

/**
 * Bounds the methods of a text that cost more than reading it: `replace` by the length of its result, `split` by its parts. They are
 * checked before they run.
 */
export function boundMethods(receiver: Value, meter: Meter): void {
  const text = receiver.value;
  if (typeof text !== 'string' || bounded.has(receiver)) {
    return;
  }
  bounded.add(receiver);
  wrap(receiver, 'replace', ([from, to]) => {
    if (typeof from?.value !== 'string' || typeof to?.value !== 'string') return;
    const count = from.value === '' ? text.length + 1 : countOccurrences(text, from.value);
    meter.spend(Math.ceil(text.length / STEP) + count);
    if (text.length + count * (to.value.length - from.value.length) > MAX_TEXT) {
      throw badTemplate(`replace: expected a result of at most ${MAX_TEXT} characters`);
    }
  });
  wrap(receiver, 'title', () => meter.spend(Math.ceil(text.length / SLOW_STEP)));
  wrap(receiver, 'split', ([separator]) => {
    const by = separator?.value;
    const count = typeof by === 'string' && by !== '' ? countOccurrences(text, by) : countWords(text);
    meter.spend(Math.ceil(text.length / STEP) + count);
    if (count >= MAX_ITEMS) {
      throw badTemplate(`split: expected at most ${MAX_ITEMS} parts`);
    }
  });
}

function wrap(receiver: Value, name: string, check: (parameters: Value[]) => void): void {
  const method = receiver.builtins.get(name);
  if (method === undefined) return;
  const run = method.value as Method;
  method.value = ((parameters, ...rest) => {
    check(parameters);
    return run(parameters, ...rest);
  }) satisfies Method as never;
}

function countOccurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    count++;
  }
  return count;
}

function countWords(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/\S+/g)) {
    if (++count >= MAX_ITEMS) break;
  }
  return count;
}
