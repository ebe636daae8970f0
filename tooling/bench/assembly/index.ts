export { multiplyAddPeak, multiplyAddPeakF64, readBandwidth } from './peak';
