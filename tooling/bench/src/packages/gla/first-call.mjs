// Run in a process of its own: what importing the package does, and how long the first call takes.
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

const importing = performance.now();
const { gla } = await import('@gossamer/gla');
const importMs = performance.now() - importing;

for (const key of Reflect.ownKeys(globalThis)) if (!globals.has(key)) effects.add(`globalThis.${String(key)}`);
for (const [name, [owner, key]] of Object.entries(watched)) owner[key] = originals.get(name);
const seen = [...effects];

const [heads, keySize, valueSize, tokens] = [1, 4, 4, 2];
const keys = () => new Float32Array(tokens * heads * keySize).fill(0.5);
const values = new Float32Array(tokens * heads * valueSize).fill(0.5);
const gates = new Float32Array(tokens * heads * keySize).fill(-0.1);
const calling = performance.now();
gla({ q: keys(), k: keys(), v: values, g: gates }, { length: tokens, heads, keySize, valueSize });
const firstCallMs = performance.now() - calling;

console.log(JSON.stringify({ importMs, firstCallMs, effects: seen }));
