import { runSliced } from '@gossamer/kit/host';
import { GlaError } from '../errors.ts';
import type { Network } from './network.ts';

/** Somebody whose text the network can be at. */
export interface Occupant {
  /** The state while another occupant is in; absent before the first token. Written by the engine. */
  saved: Float32Array | undefined;
}

/** A piece of work on a network, in short steps. */
export type Work<Result> = (network: Network) => Generator<void, Result, void>;

/**
 * Shares one network among sessions: one piece of work at a time, in the order asked for. The state of the session at work
 * is in wasm memory; the others' are copied out when they have to leave, so memory does not depend on how work interleaves.
 */
export class Engine {
  #network: Network | undefined;
  #occupant: Occupant | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(network: Network) {
    this.#network = network;
  }

  /** @throws `disposed` */
  get network(): Network {
    if (this.#network === undefined) throw new GlaError('disposed', 'the model was disposed');
    return this.#network;
  }

  get disposed(): boolean {
    return this.#network === undefined;
  }

  /** Runs `work` for `owner` when its turn comes. `check` is asked while it runs and may end it by throwing. */
  run<Result>(owner: Occupant, work: Work<Result>, check: () => void = () => {}): Promise<Result> {
    return this.once(owner, (network) => {
      check();
      return runSliced(work(network), () => {
        void this.network; // throws when disposed meanwhile
        check();
      });
    });
  }

  /** Calls `act` for `owner` when its turn comes. */
  once<Result>(owner: Occupant, act: (network: Network) => Result | Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(() => {
      const network = this.network;
      this.#enter(owner, network);
      return act(network);
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Forgets an owner. */
  leave(owner: Occupant): void {
    if (owner === this.#occupant) this.#occupant = undefined;
  }

  /** Ends all work; queued and later work fails with `disposed`. */
  dispose(): void {
    this.#network = undefined;
    this.#occupant = undefined;
  }

  #enter(owner: Occupant, network: Network): void {
    if (owner === this.#occupant) return;
    if (this.#occupant !== undefined) this.#occupant.saved = network.readState(this.#occupant.saved);
    network.writeState(owner.saved);
    this.#occupant = owner;
  }
}
