import { defineTenant } from './platform';

export default defineTenant({
  id: 'acme-corp',
  displayName: 'Acme Corporation',
  product: 'wordpress',
  plan: 'pro',
  placement: 'eu-1',
  contact: 'admin@acme-corp.example',
  createdOn: '2026-02-16',
  domains: ['blog.acme-corp.example', 'docs.acme-corp.example'],
  features: { 'content-automation': true, sso: true, 'custom-plugins': true, analytics: true },
  settings: { adminUser: 'acme-admin' },
  residency: 'eu',
  billing: { id: 'sub_acme_corp', costCenter: 'MKT-ACME', department: 'marketing' },
  overrides: {
    services: {
      wordpress: { limits: { cpu: 2, memoryMiB: 2048 }, volumes: { html: { sizeGiB: 50 } } },
    },
    backing: { database: { own: { cpu: 4, memoryMiB: 8192, storageGiB: 100 } } },
    reason: 'moved in with ten years of posts; sized with the customer',
    until: '2027-12-31',
  },
});
