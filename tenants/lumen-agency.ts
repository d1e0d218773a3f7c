import { defineTenant } from './platform';

export default defineTenant({
  id: 'lumen-agency',
  displayName: 'Lumen Agency',
  product: 'frontbase',
  plan: 'large',
  placement: 'eu-1',
  contact: 'ops@lumen-agency.example',
  createdOn: '2026-02-23',
  domains: ['sites.lumen-agency.example', 'preview.lumen-agency.example'],
  features: { postgresql: true },
  residency: 'eu',
});
