import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Space } from '../model/resolved';
import { metadata } from './metadata';

/** An account without rights, of which no token is mounted: pods of one workload can be told from those of another. */
export function serviceAccount(scope: Construct, space: Space, component: string): k8s.KubeServiceAccount {
  return new k8s.KubeServiceAccount(scope, 'account', {
    metadata: metadata(space, component, { wave: 'access', component }),
    automountServiceAccountToken: false,
  });
}
