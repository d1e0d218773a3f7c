export { readIndexAt } from './base';
export { formatIndex } from './index-entry';
export { lossesSince } from './losses';
export { type Recall, type Registry, readRegistry } from './registry';
