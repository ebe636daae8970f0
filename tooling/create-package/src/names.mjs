// @ts-check
/** The name in the templates, in each spelling that they use. */
const TEMPLATE = 'new-package';

/** A mistake of the person at the terminal: printed as a sentence, without a stack. */
export class NameError extends Error {
  /** @override */
  name = 'NameError';
}

/**
 * @param {string | undefined} name
 * @param {readonly string[]} taken names of the workspace's members, without the scope
 * @returns {string} the name
 * @throws {NameError} unless the name can be a package, a crate and a class
 */
export function checkName(name, taken) {
  if (name === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 50) {
    throw new NameError(
      `name: expected words of a-z and 0-9 joined by hyphens, up to 50 characters, got "${name ?? ''}"`,
    );
  }
  if (taken.includes(name)) throw new NameError(`name: @gossamer/${name} exists already`);
  return name;
}

/**
 * A template's text with the new name: new-package, NewPackage and new_package are replaced.
 * @param {string} text
 * @param {string} name
 */
export function rename(text, name) {
  return [kebab, pascal, snake].reduce((result, spell) => result.replaceAll(spell(TEMPLATE), spell(name)), text);
}

/**
 * Cargo.lock with its packages in order again: cargo takes another order for an outdated lockfile.
 * @param {string} text
 */
export function sortLock(text) {
  const [head, ...packages] = text.trimEnd().split('\n\n[[package]]\n');
  return `${[head, ...packages.sort()].join('\n\n[[package]]\n')}\n`; // each begins with its name
}

const kebab = (/** @type {string} */ name) => name;
const snake = (/** @type {string} */ name) => name.replaceAll('-', '_');
const pascal = (/** @type {string} */ name) =>
  name
    .split('-')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('');
