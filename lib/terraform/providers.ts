/**
 * The providers that stacks are applied with, each at one version; the host is written out, so that Terraform and OpenTofu lock the
 * same. Newer ones come by changing them here, and the snapshots show what else changes.
 */
export const PROVIDERS = {
  authentik: { source: 'registry.terraform.io/goauthentik/authentik', version: '2026.5.0' },
  aws: { source: 'registry.terraform.io/hashicorp/aws', version: '6.22.0' },
  kubernetes: { source: 'registry.terraform.io/hashicorp/kubernetes', version: '2.38.0' },
  minio: { source: 'registry.terraform.io/aminueza/minio', version: '3.40.1' },
  mysql: { source: 'registry.terraform.io/petoju/mysql', version: '3.0.94' },
  postgresql: { source: 'registry.terraform.io/cyrilgdn/postgresql', version: '1.26.0' },
  random: { source: 'registry.terraform.io/hashicorp/random', version: '3.7.2' },
  vault: { source: 'registry.terraform.io/hashicorp/vault', version: '5.6.0' },
} as const;

export type ProviderName = keyof typeof PROVIDERS;

/** Ephemeral values (1.10) and write-only arguments (1.11), which keep secrets out of states. */
export const TERRAFORM_VERSION = '>= 1.11.0';
