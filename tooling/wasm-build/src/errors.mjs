/** A failure the author of a package can mend: printed as a sentence, without a stack. */
export class BuildError extends Error {
  name = 'BuildError';
}
