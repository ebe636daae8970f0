import { browser } from './lfm2/browser.mjs';
import { context } from './lfm2/context.mjs';
import { facts } from './lfm2/facts.mjs';
import { loading } from './lfm2/loading.mjs';
import { model } from './lfm2/model.mjs';

/** @type {import('../cli.mjs').Sections} */
export const sections = { model, context, loading, browser, facts };
