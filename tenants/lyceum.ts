import { defineTenant } from './platform';

export default defineTenant({
  id: 'lyceum',
  displayName: 'Lycéum Debating Society',
  product: 'nekotab',
  plan: 'free',
  placement: 'eu-1',
  contact: 'tab@lyceum.example',
  createdOn: '2026-02-11',
});
