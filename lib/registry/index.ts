export { readIndexAt } from './base';
export { formatIndex } from './index-entry';
export { lossProblems } from './loss';
export { type Recall, type Registry, readRegistry } from './registry';
