import { LIMITS } from './names';
import type { SecretStore } from './platform';

/**
 * What an entry of the secret store is called there. Whoever writes it and whoever reads it ask here, so that both mean the
 * same: Vault's paths are relative to the mount, AWS' names are free, and Kubernetes' Secrets are named like hosts.
 */
export function storeKey(kind: SecretStore['kind'], path: string): string {
  if (kind === 'aws-secrets-manager') return path;
  const relative = path.replace(/^\/+/, '');
  if (kind === 'vault') return relative;
  const name = relative.replaceAll('/', '.');
  if (
    name.length <= LIMITS.kubernetesName &&
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name)
  ) {
    return name;
  }
  throw new Error(
    `no Secret can be called ${JSON.stringify(name)} - write names.secretPath with lower-case letters, digits, "-", "." and "/"`,
  );
}
