import { defineTenant } from './platform';

export default defineTenant({
  id: 'stellar-systems',
  displayName: 'Stellar Systems',
  product: 'unity',
  plan: 'enterprise',
  placement: 'eu-1',
  contact: 'cloud@stellar-systems.example',
  createdOn: '2026-03-30',
  // Works with the API alone.
  features: { console: false },
  billing: { id: 'bill-stellar', costCenter: 'CC-STL-001' },
});
