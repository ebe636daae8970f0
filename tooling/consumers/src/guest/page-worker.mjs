import { report } from './guest.mjs';

postMessage(await report());
