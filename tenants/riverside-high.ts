import { defineTenant } from './platform';

export default defineTenant({
  id: 'riverside-high',
  displayName: 'Riverside High',
  product: 'nekotab',
  plan: 'free',
  placement: 'us-1',
  contact: 'coach@riverside.example',
  createdOn: '2026-03-02',
});
