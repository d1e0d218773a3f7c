import { defineTenant } from './platform';

export default defineTenant({
  id: 'acme-debates',
  displayName: 'ACME Debates',
  product: 'nekotab',
  plan: 'standard',
  placement: 'eu-1',
  contact: 'admin@acme.example',
  createdOn: '2026-01-15',
  domains: ['debates.acme.example'],
  features: { analytics: true },
  billing: { id: 'sub_abc123', costCenter: 'CC-ABC-001' },
});
