import { defineTenant } from './platform';

// Left in September 2026 and was erased; the file stays, so that nobody is given its names again.
export default defineTenant({
  id: 'coastal-cup',
  displayName: 'Coastal Cup',
  product: 'nekotab',
  plan: 'free',
  placement: 'eu-1',
  contact: 'cup@coastal.example',
  createdOn: '2026-01-09',
  lifecycle: { state: 'purged' },
});
