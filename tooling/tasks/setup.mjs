// npm run setup: installs and builds the whole workspace, and nothing else.
import { main, setup } from './workspace.mjs';

await main(() => setup({ rust: true }));
