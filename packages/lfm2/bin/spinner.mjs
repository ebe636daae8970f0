const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** One line on standard error that moves while work goes on; nothing where that is no terminal. */
export class Spinner {
  #label;
  #detail = '';
  #frame = 0;
  #timer;

  constructor(label) {
    this.#label = label;
    if (!process.stderr.isTTY) return;
    this.#timer = setInterval(() => this.#draw(), 100);
    this.#draw();
  }

  /** Shows something beside the label. */
  say(detail) {
    this.#detail = detail;
  }

  stop() {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.stderr.write('\r\x1b[K');
  }

  #draw() {
    const frame = FRAMES[this.#frame++ % FRAMES.length];
    const width = process.stderr.columns ?? 80;
    process.stderr.write(`\r\x1b[K${`${frame} ${this.#label}  ${this.#detail}`.slice(0, width - 1)}`);
  }
}
