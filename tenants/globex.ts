import { defineTenant } from './platform';

export default defineTenant({
  id: 'globex',
  displayName: 'Globex Corporation',
  product: 'unity',
  plan: 'enterprise',
  placement: 'eu-1',
  contact: 'platform@globex.example',
  createdOn: '2026-01-20',
  domains: ['clusters.globex.example'],
  residency: 'eu',
  billing: { id: 'bill-globex', costCenter: 'CC-GLX-001', department: 'infrastructure' },
});
