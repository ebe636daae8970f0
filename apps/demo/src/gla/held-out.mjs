import { readFile } from 'node:fs/promises';

const END = '<|endoftext|>';

/** The documents of a held-out file, separated by lines that hold only the end-of-text token. */
function documents(text) {
  return text.replace(/\n$/, '').split(`\n${END}\n`);
}

/**
 * Bits per byte over held-out documents: the sum of −log₂ p over the tokens of each document and its final end-of-text
 * token, given the begin-of-text token, divided by the document's UTF-8 bytes. Also ln p of each document.
 */
export async function bitsPerByte(model, path, { signal } = {}) {
  const end = model.tokenizer.specials.get(END);
  let [nats, bytes, tokens] = [0, 0, 0];
  const perDocument = [];
  for (const document of documents(await readFile(path, 'utf8'))) {
    const ids = [...model.tokenizer.encode(document), end];
    const { total, logProbs } = await model.score(ids, { signal });
    nats += total;
    bytes += Buffer.byteLength(document);
    tokens += logProbs.length;
    perDocument.push(total);
  }
  return { bitsPerByte: -nats / Math.LN2 / bytes, bytes, tokens, perDocument };
}
