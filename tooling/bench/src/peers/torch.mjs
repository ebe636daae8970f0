// PyTorch on the CPU, one thread.
import { fileURLToPath } from 'node:url';
import { PeerProcess } from './process.mjs';
import { pythonEnvironment } from './python.mjs';

const VERSION = '2.8.0';
const NUMPY_VERSION = '2.3.5';
/** An interpreter that has PyTorch already, in place of the environment made here. */
const OVERRIDE = 'GOSSAMER_TORCH_PYTHON';
const PEER = fileURLToPath(new URL('torch_peer.py', import.meta.url));

/** @param {(line: string) => void} log @throws when there is no Python or PyTorch cannot be installed */
export async function startTorch(log) {
  const torch = new Torch(process.env[OVERRIDE] || (await torchEnvironment(log)), [PEER], 'torch');
  const { torch: version, capability } = await torch.start();
  torch.name = `PyTorch ${version} ${capability}`;
  return torch;
}

function torchEnvironment(log) {
  const notice = `torch: installing PyTorch ${VERSION} with pip; on Linux that is several GB unless pip's index has the CPU build`;
  return pythonEnvironment(`torch-${VERSION}`, [`torch==${VERSION}`, `numpy==${NUMPY_VERSION}`], notice, log);
}

export class Torch extends PeerProcess {
  /** What the benchmarks print as the peer's name. */
  name = '';
}
