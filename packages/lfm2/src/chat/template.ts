import { show } from '@gossamer/kit/errors';
import { formatTime } from './clock.ts';
import { BoundedInterpreter } from './interpreter.ts';
import { Environment } from './jinja.ts';
import { badTemplate, MAX_ITEMS } from './limits.ts';
import { asBadTemplate, parseTemplate, type TemplateProgram } from './program.ts';
import type { JsonValue } from './types.ts';

/** What a template can refer to by name. */
export type TemplateVariables = { readonly [name: string]: JsonValue | undefined };

/**
 * A chat template in Jinja, as model files carry it. It runs bounded: at most 2^18 characters of template, 2^21 characters of any text,
 * 2^16 elements of any list, 2^22 steps, 256 levels; and it sees nothing but its variables, `namespace`, `range`,
 * `raise_exception`, `strftime_now` and the filters of the language.
 */
export class ChatTemplate {
  /** The text of the template. */
  readonly source: string;
  readonly #program: TemplateProgram;

  /** @throws `bad-template` when it is malformed or longer than allowed. */
  constructor(source: string) {
    if (typeof source !== 'string') {
      throw new TypeError(`source: expected a string, got ${show(source)}`);
    }
    this.source = source;
    this.#program = parseTemplate(source);
  }

  /**
   * Runs the template.
   *
   * @param now the time that `strftime_now` tells.
   * @throws `bad-template` when it fails, calls `raise_exception`, or reaches a limit.
   */
  render(variables: TemplateVariables, now: Date = new Date()): string {
    try {
      const environment = new Environment();
      const globals = { ...GLOBALS, strftime_now: (format: unknown) => formatTime(now, String(format)) };
      for (const [name, value] of Object.entries({ ...globals, ...variables })) {
        if (value !== undefined) environment.set(name, value);
      }
      return String(new BoundedInterpreter(environment, this.#program).run(this.#program.root).value);
    } catch (cause) {
      throw asBadTemplate(cause);
    }
  }
}

const GLOBALS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range,
  raise_exception(message: unknown) {
    throw badTemplate(`raised ${show(message)}`);
  },
};

/** Python's range, as a list. */
function range(...bounds: unknown[]): number[] {
  const [start, stop, step = 1] = bounds.length === 1 ? [0, bounds[0]] : bounds;
  if (!isInteger(start) || !isInteger(stop) || !isInteger(step) || step === 0 || bounds.length > 3) {
    throw badTemplate(`range: expected one to three integers, got ${show(bounds)}`);
  }
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > MAX_ITEMS) {
    throw badTemplate(`range: expected at most ${MAX_ITEMS} elements, got ${length}`);
  }
  return Array.from({ length }, (_, i) => start + i * step);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
