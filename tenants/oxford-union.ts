import { defineTenant } from './platform';

export default defineTenant({
  id: 'oxford-union',
  displayName: 'Oxford Union',
  product: 'nekotab',
  plan: 'championship',
  placement: 'eu-1',
  contact: 'tab@oxford-union.example',
  createdOn: '2026-02-03',
  domains: ['tab.oxford-union.example', 'worlds.oxford-union.example'],
  residency: 'eu',
  overrides: {
    services: { web: { replicas: { max: 12 } } },
    reason: 'hosts the world championship, 400 teams at once',
    until: '2027-01-31',
  },
});
