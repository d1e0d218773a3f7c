import { defineTenant } from './platform';

export default defineTenant({
  id: 'maison-lumiere',
  displayName: 'Maison Lumière',
  product: 'collect',
  plan: 'business',
  placement: 'eu-1',
  contact: 'boutique@maison-lumiere.example',
  createdOn: '2026-02-02',
  domains: ['www.maison-lumiere.example'],
  residency: 'eu',
  settings: {
    sites: [
      { websiteId: 1010, domain: 'shop.maison-lumiere.example' },
      { websiteId: 1011, domain: 'pro.maison-lumiere.example' },
      { websiteId: 1012, domain: 'de.maison-lumiere.example' },
      { websiteId: 1013, domain: 'it.maison-lumiere.example' },
    ],
  },
  billing: { id: 'bill-lumiere-001', costCenter: 'CC-LUM-001', department: 'retail' },
});
