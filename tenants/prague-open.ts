import { defineTenant } from './platform';

export default defineTenant({
  id: 'prague-open',
  displayName: 'Prague Open',
  product: 'nekotab',
  plan: 'standard',
  placement: 'eu-1',
  contact: 'open@prague-debate.example',
  createdOn: '2026-04-09',
});
