import type { KubeClient } from '../client';
import { title } from '../objects';

interface PolicyStatus {
  observedGeneration?: number;
  typeChecking?: { expressionWarnings?: { fieldRef: string; warning: string }[] };
}

/** What the API server's type checker says about the expressions of admission policies; it checks them after a moment. */
export async function typeErrors(client: KubeClient): Promise<string[]> {
  const kind = 'ValidatingAdmissionPolicy';
  const policies = await client.list<unknown, PolicyStatus>('admissionregistration.k8s.io/v1', kind);
  return policies.flatMap((policy) => {
    if (policy.status?.typeChecking === undefined) return [`${title(policy)}: is not type-checked`];
    const warnings = policy.status.typeChecking.expressionWarnings ?? [];
    return warnings.map(({ fieldRef, warning }) => `${title(policy)}: ${fieldRef}: ${warning}`);
  });
}
