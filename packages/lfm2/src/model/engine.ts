import { runSliced } from '@gossamer/kit/host';
import { fail } from '../errors.ts';
import type { Network } from './network.ts';

/** A piece of work on a network, in short steps. */
export type Work<Result> = (network: Network) => Generator<void, Result, void>;

/** Shares one network among sessions: one piece of work at a time, in the order asked for. */
export class Engine {
  #network: Network | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(network: Network) {
    this.#network = network;
  }

  /** @throws `disposed` */
  get network(): Network {
    if (this.#network === undefined) throw fail('disposed', 'the model was disposed');
    return this.#network;
  }

  get disposed(): boolean {
    return this.#network === undefined;
  }

  /** Runs `work` when its turn comes. `check` is asked while it runs and may end it by throwing. */
  run<Result>(work: Work<Result>, check: () => void = () => {}): Promise<Result> {
    return this.once((network) => {
      check();
      return runSliced(work(network), () => {
        void this.network; // throws when disposed meanwhile
        check();
      });
    });
  }

  /** Calls `act` when its turn comes. */
  once<Result>(act: (network: Network) => Result | Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(() => act(this.network));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Ends all work; queued and later work fails with `disposed`. */
  dispose(): void {
    this.#network = undefined;
  }
}
