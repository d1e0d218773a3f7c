import { defineTenant } from './platform';

export default defineTenant({
  id: 'kite-school',
  displayName: 'Kite School',
  product: 'frontbase',
  plan: 'standard',
  placement: 'ap-1',
  contact: 'office@kite-school.example',
  createdOn: '2026-05-12',
  domains: ['kite-school.example', 'www.kite-school.example'],
});
