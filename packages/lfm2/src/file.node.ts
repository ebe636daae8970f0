export { openPath } from '@gossamer/kit/bytes/file.node';
