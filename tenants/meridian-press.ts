import { defineTenant } from './platform';

export default defineTenant({
  id: 'meridian-press',
  displayName: 'Meridian Press',
  product: 'wordpress',
  plan: 'enterprise',
  placement: 'eu-1',
  contact: 'platform@meridian-press.example',
  createdOn: '2026-01-30',
  domains: ['www.meridian-press.example', 'magazine.meridian-press.example', 'jobs.meridian-press.example'],
  residency: 'eu',
  settings: { autoPublish: true, customTemplates: ['longread', 'interview'] },
  billing: { id: 'sub_meridian', costCenter: 'ENT-014' },
});
