import { defineTenant } from './platform';

export default defineTenant({
  id: 'northwind-outfitters',
  displayName: 'Northwind Outfitters',
  product: 'collect',
  plan: 'business',
  placement: 'us-1',
  contact: 'ops@northwind-outfitters.example',
  createdOn: '2026-02-20',
  settings: {
    sites: [
      { websiteId: 2001, domain: 'shop.northwind-outfitters.example' },
      { websiteId: 2002, domain: 'trade.northwind-outfitters.example' },
    ],
  },
  billing: { id: 'bill-northwind-001', costCenter: 'CC-NWO-001', department: 'online' },
});
