export { dot } from './dot';
