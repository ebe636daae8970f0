import { readFile } from 'node:fs/promises';

const fixtures = new URL('../../../../packages/gla/test/fixtures/models/', import.meta.url);
const NAME = 'bf16-odd-sizes';

/** A model of the reference implementation and the text it continues; the fixture tells the origin. */
export async function data() {
  const { cases } = JSON.parse(await readFile(new URL('models.json', fixtures), 'utf8'));
  const { greedy } = cases.find(({ name }) => name === NAME);
  const ids = await expectedIds();
  return {
    config: await base64('config.json'),
    weights: await base64('model.safetensors'),
    prompt: ids.slice(0, greedy.prompt),
    greedy: greedy.ids,
  };
}

async function base64(file) {
  return (await readFile(new URL(`${NAME}/${file}`, fixtures))).toString('base64');
}

/** The tensor `ids` of the expectations: i32. */
async function expectedIds() {
  const file = await readFile(new URL(`${NAME}.expected.safetensors`, fixtures));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const [from, to] = JSON.parse(file.toString('utf8', 8, start)).ids.data_offsets;
  return [...new Int32Array(new Uint8Array(file.subarray(start + from, start + to)).buffer)];
}
