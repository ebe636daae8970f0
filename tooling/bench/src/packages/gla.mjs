// What @gossamer/gla is measured by: its matrix product, its recurrence, a layer, a model, and what it weighs.
import { chunkwise } from './gla/chunkwise.mjs';
import { facts } from './gla/facts.mjs';
import { layer } from './gla/layer.mjs';
import { matmul } from './gla/matmul.mjs';
import { model } from './gla/model.mjs';

/** @type {import('../cli.mjs').Sections} */
export const sections = { facts, matmul, chunkwise, layer, model };
