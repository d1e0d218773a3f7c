import { defineTenant } from './platform';

export default defineTenant({
  id: 'desert-ceramics',
  displayName: 'Desert Ceramics',
  product: 'collect',
  plan: 'standard',
  placement: 'us-1',
  contact: 'hello@desert-ceramics.example',
  createdOn: '2026-04-05',
  settings: { sites: [{ websiteId: 2010, domain: 'client-desert-ceramics.collectverything.com' }] },
  billing: { id: 'bill-desert-001' },
});
