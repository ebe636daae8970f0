// What @gossamer/qmc is measured by: its points, transforms, kernel systems, and what it weighs.
import { discrepancies } from './qmc/discrepancies.mjs';
import { facts } from './qmc/facts.mjs';
import { integrals } from './qmc/integrals.mjs';
import { kernels } from './qmc/kernels.mjs';
import { normals } from './qmc/normals.mjs';
import { points } from './qmc/points.mjs';
import { transforms } from './qmc/transforms.mjs';

/** @type {import('../cli.mjs').Sections} */
export const sections = { facts, points, normals, transforms, kernels, discrepancies, integrals };
