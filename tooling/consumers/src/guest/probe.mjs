// Evaluated before the package: notes every compilation, request and new global from here on.

/** What must stay untouched while a package is only imported. */
const WATCHED = {
  // First: where a host makes `fetch` on first sight, it may compile a parser for it.
  globalThis: ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'Worker', 'SharedWorker'],
  WebAssembly: [
    'Module',
    'Instance',
    'Memory',
    'validate',
    'compile',
    'compileStreaming',
    'instantiate',
    'instantiateStreaming',
  ],
};

const calls = [];
let compileMs = 0;

for (const [space, names] of Object.entries(WATCHED)) {
  const owner = globalThis[space];
  for (const name of names) {
    if (typeof owner[name] === 'function') owner[name] = watched(name, owner[name]);
  }
}
const globals = new Set(Reflect.ownKeys(globalThis));

function watched(name, original) {
  return new Proxy(original, {
    apply: (target, self, args) => noted(name, () => Reflect.apply(target, self, args)),
    construct: (target, args, newTarget) => noted(name, () => Reflect.construct(target, args, newTarget)),
  });
}

function noted(name, call) {
  calls.push(name);
  const started = performance.now();
  try {
    return call();
  } finally {
    if (name === 'Module') compileMs += performance.now() - started;
  }
}

/** What happened since the last call. `compileMs` stays 0 on a host whose clock stands still while it computes. */
export function observed() {
  const added = Reflect.ownKeys(globalThis).filter((key) => !globals.has(key));
  for (const key of added) globals.add(key);
  const seen = { calls: calls.splice(0), globals: added.map(String), compileMs };
  compileMs = 0;
  return seen;
}
