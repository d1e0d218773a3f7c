import { defineTenant } from './platform';

export default defineTenant({
  id: 'harbour-schools',
  displayName: 'Harbour Schools League',
  product: 'nekotab',
  plan: 'standard',
  placement: 'us-1',
  contact: 'league@harbour.example',
  createdOn: '2026-03-20',
});
