import { defineTenant } from './platform';

export default defineTenant({
  id: 'north-cabins',
  displayName: 'North Cabins',
  product: 'frontbase',
  plan: 'small',
  placement: 'us-1',
  contact: 'booking@north-cabins.example',
  createdOn: '2026-04-27',
  domains: ['www.north-cabins.example'],
});
