// The program that every host runs: import the package, look, use it, look again. The order of the imports matters.
import { observed } from './probe.mjs';
import { scenario } from './scenario.mjs';

const atImport = observed();

/** @returns {Promise<string>} JSON, since some hosts can only hand back text */
export async function report() {
  const result = await scenario();
  return JSON.stringify({ atImport, atUse: observed(), result });
}
