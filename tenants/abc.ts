import { defineTenant } from './platform';

export default defineTenant({
  id: 'abc',
  displayName: 'ABC Maison',
  product: 'collect',
  plan: 'premium',
  placement: 'eu-1',
  contact: 'it@client-abc.com',
  createdOn: '2026-01-15',
  residency: 'eu',
  settings: {
    sites: [
      { websiteId: 1001, domain: 'client-abc.collectverything.com' },
      { websiteId: 1002, domain: 'shop.client-abc.com' },
      { websiteId: 1003, domain: 'outlet.client-abc.com' },
    ],
  },
  billing: { id: 'bill-abc-001', costCenter: 'CC-ABC-001', department: 'e-commerce' },
});
