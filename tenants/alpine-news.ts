import { defineTenant } from './platform';

export default defineTenant({
  id: 'alpine-news',
  displayName: 'Alpine News',
  product: 'wordpress',
  plan: 'pro',
  placement: 'us-1',
  contact: 'desk@alpine-news.example',
  createdOn: '2026-03-11',
  domains: ['www.alpine-news.example'],
  // Editors decide what is published.
  settings: { contentTypes: ['blog_post', 'newsletter'], workflowApproval: true },
});
