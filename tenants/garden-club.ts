import { defineTenant } from './platform';

export default defineTenant({
  id: 'garden-club',
  displayName: 'Linden Garden Club',
  product: 'wordpress',
  plan: 'free',
  placement: 'eu-1',
  contact: 'webmaster@linden-gardens.example',
  createdOn: '2026-05-04',
});
