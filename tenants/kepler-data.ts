import { defineTenant } from './platform';

export default defineTenant({
  id: 'kepler-data',
  displayName: 'Kepler Data',
  product: 'unity',
  plan: 'standard',
  placement: 'eu-1',
  contact: 'ops@kepler-data.example',
  createdOn: '2026-03-03',
  billing: { id: 'bill-kepler' },
  overrides: {
    limits: { apiCallsPerHour: 20_000 },
    reason: 'moves its clusters here until the end of the year',
    until: '2026-12-31',
  },
});
