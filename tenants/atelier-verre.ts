import { defineTenant } from './platform';

export default defineTenant({
  id: 'atelier-verre',
  displayName: 'Atelier du Verre',
  product: 'collect',
  plan: 'standard',
  placement: 'eu-1',
  contact: 'contact@atelier-verre.example',
  createdOn: '2026-03-11',
  residency: 'eu',
  settings: { sites: [{ websiteId: 1020, domain: 'boutique.atelier-verre.example' }] },
  billing: { id: 'bill-verre-001' },
  // Did not pay: nothing runs, the data stays and is backed up.
  lifecycle: { state: 'suspended' },
});
