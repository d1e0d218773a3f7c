import { defineTenant } from './platform';

export default defineTenant({
  id: 'bay-bakery',
  displayName: 'Bay Street Bakery',
  product: 'wordpress',
  plan: 'free',
  placement: 'us-1',
  contact: 'hello@baystreet-bakery.example',
  createdOn: '2026-06-22',
  settings: { defaultCategories: ['Bread', 'Cakes'] },
});
