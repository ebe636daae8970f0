// QMCPy and SciPy, one thread. QMCPy's C core is compiled by pip where no wheel fits, which needs a C compiler.
import { fileURLToPath } from 'node:url';
import { PeerProcess } from './process.mjs';
import { pythonEnvironment } from './python.mjs';

const QMCPY = '2.4';
const SCIPY = '1.17.1';
const REQUIREMENTS = [`qmcpy==${QMCPY}`, 'qmctoolscl==1.2.4', `scipy==${SCIPY}`, 'numpy==2.4.6'];
/** An interpreter that has them already, in place of the environment made here. */
const OVERRIDE = 'GOSSAMER_QMC_PYTHON';
const PEER = fileURLToPath(new URL('qmc_peer.py', import.meta.url));

/** @param {(line: string) => void} log @throws when there is no Python or a package cannot be installed */
export async function startQmcPython(log) {
  const python =
    process.env[OVERRIDE] ||
    (await pythonEnvironment(
      `qmcpy-${QMCPY}`,
      REQUIREMENTS,
      `installing QMCPy ${QMCPY} and SciPy ${SCIPY} with pip`,
      log,
    ));
  const peer = new QmcPython(python, [PEER], 'qmc');
  const { qmcpy, scipy } = await peer.start();
  peer.qmcpy = `QMCPy ${qmcpy}`;
  peer.scipy = `SciPy ${scipy}`;
  return peer;
}

export class QmcPython extends PeerProcess {
  /** What the benchmarks print as the peers' names. */
  qmcpy = 'QMCPy';
  scipy = 'SciPy';
}
