/** Lets one holder in at a time, in the order asked for. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when everybody before has called what this gives: the end of the turn. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let end = () => {};
    this.#last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }
}
