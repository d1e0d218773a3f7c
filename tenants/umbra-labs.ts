import { defineTenant } from './platform';

export default defineTenant({
  id: 'umbra-labs',
  displayName: 'Umbra Labs',
  product: 'unity',
  plan: 'standard',
  placement: 'eu-1',
  contact: 'admin@umbra-labs.example',
  createdOn: '2026-04-18',
  residency: 'eu',
  billing: { id: 'bill-umbra' },
  // A breach of terms is being looked into: the API refuses it, and nothing runs.
  lifecycle: { state: 'suspended' },
});
