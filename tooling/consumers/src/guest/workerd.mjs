import { report } from './guest.mjs';

// biome-ignore lint/style/noDefaultExport: workerd looks for its handlers there
export default { fetch: async () => new Response(await report()) };
