import { defineTenant } from './platform';

export default defineTenant({
  id: 'pixel-studio',
  displayName: 'Pixel Studio',
  product: 'frontbase',
  plan: 'small',
  placement: 'eu-1',
  contact: 'hi@pixel-studio.example',
  createdOn: '2026-03-02',
});
