import { defineTenant } from './platform';

export default defineTenant({
  id: 'northern-league',
  displayName: 'Northern League',
  product: 'nekotab',
  plan: 'standard',
  placement: 'eu-1',
  contact: 'board@northern-league.example',
  createdOn: '2026-01-28',
  // Out of season: nothing runs, the data stays and is backed up.
  lifecycle: { state: 'suspended' },
});
