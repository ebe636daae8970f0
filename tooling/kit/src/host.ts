/**
 * Lets the host do what waits: events, timers, an abort. By message where there are messages, since browsers hold nested
 * timers back for 4 ms.
 */
export function yieldToHost(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel === 'undefined') {
      setTimeout(resolve, 0);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** How long work goes on, in milliseconds, before the host is let in. */
const SLICE = 16;

/**
 * Runs cooperative work to its end: `steps` yields between short pieces, and the host gets a turn every few milliseconds.
 * At each turn `check` may throw, which ends the work (an abort): its `finally` blocks run, then the error goes on.
 */
export async function runSliced<Result>(steps: Generator<void, Result, void>, check: () => void): Promise<Result> {
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since >= SLICE) {
      await yieldToHost();
      try {
        check();
      } catch (error) {
        steps.return(undefined as Result);
        throw error;
      }
      since = performance.now();
    }
  }
}
