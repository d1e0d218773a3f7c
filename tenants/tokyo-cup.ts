import { defineTenant } from './platform';

export default defineTenant({
  id: 'tokyo-cup',
  displayName: '東京カップ',
  product: 'nekotab',
  plan: 'free',
  placement: 'us-1',
  contact: 'cup@tokyo-debate.example',
  createdOn: '2026-05-18',
});
