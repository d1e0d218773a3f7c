import { expand, LIMITS } from './names';
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

/**
 * The path of every tenant's entry of one name: `+` is one segment and `*` the rest of it all, as Vault's policies have them. A path
 * whose segment is more than an id ends there, and is wider.
 */
export function everyTenant(
  template: string,
  variables: { readonly product: string; readonly environment: string; readonly name: string },
): string {
  const segments: string[] = [];
  for (const segment of template.split('/')) {
    if (segment.includes('{id}') && segment !== '{id}') {
      segments.push(`${segment.slice(0, segment.indexOf('{id}'))}*`);
      break;
    }
    segments.push(segment);
  }
  return expand(segments.join('/'), { ...variables, id: '+' });
}
