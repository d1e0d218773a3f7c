import { defineTenant } from './platform';

export default defineTenant({
  id: 'harbour-market',
  displayName: 'Harbour Market',
  product: 'frontbase',
  plan: 'standard',
  placement: 'ap-1',
  contact: 'stalls@harbour-market.example',
  createdOn: '2026-06-09',
  features: { postgresql: true },
});
