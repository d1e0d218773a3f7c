import { defineTenant } from './platform';

export default defineTenant({
  id: 'sakura-stationery',
  displayName: 'さくら文具',
  product: 'collect',
  plan: 'premium',
  placement: 'ap-1',
  contact: 'shop@sakura-stationery.example',
  createdOn: '2026-05-25',
  residency: 'apac',
  settings: {
    sites: [
      { websiteId: 3001, domain: 'shop.sakura-stationery.example' },
      { websiteId: 3002, domain: 'gift.sakura-stationery.example' },
    ],
  },
  billing: { id: 'bill-sakura-001', costCenter: 'CC-SKR-001', department: 'tsuhan' },
});
