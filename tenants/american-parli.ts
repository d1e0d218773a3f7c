import { defineTenant } from './platform';

export default defineTenant({
  id: 'american-parli',
  displayName: 'American Parliamentary Debate',
  product: 'nekotab',
  plan: 'championship',
  placement: 'us-1',
  contact: 'tab@american-parli.example',
  createdOn: '2026-06-01',
  domains: ['tab.american-parli.example'],
  backup: { at: '23:30' },
});
