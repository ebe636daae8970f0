/** Gives a class with `dispose()` to `using`, on hosts that have it. To be called in the class's static block. */
export function disposable(prototype: { dispose(): void }): void {
  if (typeof Symbol.dispose !== 'symbol') return;
  Object.defineProperty(prototype, Symbol.dispose, {
    value(this: { dispose(): void }) {
      this.dispose();
    },
  });
}
