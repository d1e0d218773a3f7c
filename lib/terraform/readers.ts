import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { RoleBindingV1 } from '@cdktf/provider-kubernetes/lib/role-binding-v1';
import { RoleV1 } from '@cdktf/provider-kubernetes/lib/role-v1';
import { Construct } from 'constructs';
import { storeKey } from '../model/store-key';
import { keep, type Provider, Resource } from './elements';

/** Who may read what in a store: External Secrets acts as a namespace's own account, and sees what that may. */

/** The account that External Secrets reads a namespace's entries with. */
export const READER_ACCOUNT = 'secret-reader';

export interface KubernetesReaderProps {
  readonly provider: Provider;
  /** Of the store. */
  readonly namespace: string;
  /** Namespaces whose reader may read everything here. */
  readonly owners: readonly string[];
  /** Other namespaces, and the paths of the few entries that their readers may read. */
  readonly guests: Readonly<Record<string, readonly string[]>>;
}

/** A namespace of Secrets that no pod runs in, and the rights of those who read them. */
export class KubernetesStore extends Construct {
  readonly namespace: NamespaceV1;

  constructor(scope: Construct, id: string, { provider, namespace, owners, guests }: KubernetesReaderProps) {
    super(scope, id);
    this.namespace = new NamespaceV1(this, 'namespace', {
      provider,
      metadata: { name: namespace, labels: { 'app.kubernetes.io/managed-by': 'terraform' } },
    });
    keep(this.namespace, { preventDestroy: true });
    for (const owner of owners) this.reader(provider, namespace, owner, null);
    for (const [guest, paths] of Object.entries(guests)) {
      if (paths.length > 0)
        this.reader(provider, namespace, guest, [...new Set(paths.map((path) => storeKey('kubernetes', path)))].sort());
    }
  }

  private reader(provider: Provider, namespace: string, account: string, names: readonly string[] | null): void {
    const metadata = { name: `reader.${account}`, namespace };
    const resourceNames = names === null ? {} : { resourceNames: [...names] };
    const role = new RoleV1(this, `role-${account}`, {
      provider,
      metadata,
      rule: [
        {
          apiGroups: [''],
          resources: ['secrets'],
          verbs: names === null ? ['get', 'list', 'watch'] : ['get'],
          ...resourceNames,
        },
      ],
    });
    keep(role, { after: [this.namespace] });
    const binding = new RoleBindingV1(this, `binding-${account}`, {
      provider,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subject: [{ kind: 'ServiceAccount', name: READER_ACCOUNT, namespace: account }],
    });
    keep(binding, { after: [role] });
  }
}

export interface VaultReaderProps {
  readonly provider: Provider;
  /** Mounts of the engine and of the auth method. */
  readonly mount: string;
  readonly authMount: string;
  /** Role of the auth method. */
  readonly role: string;
  /** Of the policy, which all clusters of a Vault have in common. */
  readonly policy: string;
  readonly namespace: string;
  /** Entries, in which `+` stands for one segment. */
  readonly paths: readonly string[];
}

/** What a namespace's reader may read in Vault: these entries, and no list of others. */
export class VaultReader extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { provider, mount, authMount, role, namespace, paths, ...props }: VaultReaderProps,
  ) {
    super(scope, id);
    const rules = [...new Set(paths)].sort().map((path) => {
      const key = storeKey('vault', path);
      return `path ${JSON.stringify(`${mount}/data/${key}`)} { capabilities = ["read"] }\n`;
    });
    const policy = new Resource(this, 'policy', {
      type: 'vault_policy',
      provider,
      arguments: { name: props.policy, policy: rules.join('') },
    });
    new Resource(this, 'role', {
      type: 'vault_kubernetes_auth_backend_role',
      provider,
      arguments: {
        backend: authMount,
        role_name: role,
        bound_service_account_names: [READER_ACCOUNT],
        bound_service_account_namespaces: [namespace],
        token_policies: [policy.attribute('name')],
        token_ttl: 3600,
      },
    });
  }
}
