export { multiplyAddPeak, readBandwidth } from './peak';
