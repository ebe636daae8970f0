import { library } from '@gossamer/wasm-build/tsdown';

export default library();
