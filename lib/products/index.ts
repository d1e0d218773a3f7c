export { nekotab } from './nekotab';
