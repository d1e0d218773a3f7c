import { defineTenant } from './platform';

export default defineTenant({
  id: 'initech',
  displayName: 'Initech',
  product: 'unity',
  plan: 'standard',
  placement: 'eu-1',
  contact: 'sre@initech.example',
  createdOn: '2026-02-14',
  features: { console: true },
  billing: { id: 'bill-initech' },
});
