import { defineTenant } from './platform';

export default defineTenant({
  id: 'summit-health',
  displayName: 'Summit Health',
  product: 'wordpress',
  plan: 'enterprise',
  placement: 'us-1',
  contact: 'it@summit-health.example',
  createdOn: '2026-04-18',
  domains: ['stories.summit-health.example'],
  residency: 'us',
  // Nothing is written by machines here.
  features: { 'content-automation': false },
  backup: { at: '07:40' },
});
