// For a process of its own: what importing a package does, and how long its first call takes.

const watched = {
  'WebAssembly.Module': [WebAssembly, 'Module'],
  'WebAssembly.Instance': [WebAssembly, 'Instance'],
  'WebAssembly.Memory': [WebAssembly, 'Memory'],
  'WebAssembly.compile': [WebAssembly, 'compile'],
  'WebAssembly.instantiate': [WebAssembly, 'instantiate'],
  'WebAssembly.validate': [WebAssembly, 'validate'],
  fetch: [globalThis, 'fetch'],
  setTimeout: [globalThis, 'setTimeout'],
  setInterval: [globalThis, 'setInterval'],
};

/**
 * Prints the answer as one line of JSON.
 *
 * @template Package
 * @param {() => Promise<Package>} load
 * @param {(loaded: Package) => unknown} call
 */
export async function watchImport(load, call) {
  const effects = new Set();
  const originals = new Map();
  for (const [name, [owner, key]] of Object.entries(watched)) {
    const original = owner[key];
    originals.set(name, original);
    owner[key] = new Proxy(original, {
      apply: (target, self, args) => effects.add(name) && Reflect.apply(target, self, args),
      construct: (target, args) => effects.add(name) && Reflect.construct(target, args),
    });
  }
  const globals = new Set(Reflect.ownKeys(globalThis));
  let loaded;
  const importMs = await milliseconds(async () => {
    loaded = await load();
  });
  for (const key of Reflect.ownKeys(globalThis)) if (!globals.has(key)) effects.add(`globalThis.${String(key)}`);
  for (const [name, [owner, key]] of Object.entries(watched)) owner[key] = originals.get(name);
  const firstCallMs = await milliseconds(() => call(loaded));
  console.log(JSON.stringify({ importMs, firstCallMs, effects: [...effects] }));
}

async function milliseconds(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
