import { report } from './guest.mjs';

process.stdout.write(await report());
