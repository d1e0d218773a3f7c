export { collect } from './collect';
export { frontbase } from './frontbase';
export { nekotab } from './nekotab';
export { unity } from './unity';
export { wordpress } from './wordpress';
