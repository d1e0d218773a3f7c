/** Ids that no tenant may ever have: names, hosts and namespaces are made from them. */

interface Reservation {
  /** Why, as the end of a sentence that begins with the id. */
  readonly reason: string;
  /** Ids; one that ends in `*` stands for all that begin so. */
  readonly ids: readonly string[];
}

const ALWAYS: readonly Reservation[] = [
  {
    reason: 'names something of Kubernetes or of what runs beside it',
    ids: ['default', 'kube-*', 'system', 'argocd', 'argo-*', 'istio-*', 'cert-manager', 'external-secrets', 'gateway'],
  },
  {
    reason: 'names the operator or the platform itself',
    ids: [
      'admin',
      'administrator',
      'root',
      'operator',
      'platform',
      'platform-backup',
      'tenantry-*',
      'internal',
      'shared',
      'shared-*',
      'tenants',
      'host',
    ],
  },
  {
    reason: 'is a host that visitors expect to be the operator’s own',
    ids: [
      ...['www', 'api', 'app', 'auth', 'login', 'sso', 'oauth', 'account', 'accounts', 'id', 'cdn', 'static', 'assets'],
      ...[
        'status',
        'support',
        'help',
        'health',
        'healthz',
        'docs',
        'blog',
        'billing',
        'dashboard',
        'console',
        'portal',
      ],
      ...['monitoring', 'metrics', 'grafana', 'prometheus', 'alertmanager', 'loki', 'vault', 'registry', 'traefik'],
    ],
  },
  {
    reason: 'is a host that mail, DNS or certificates are proven or found by',
    ids: [
      ...[
        'mail',
        'webmail',
        'smtp',
        'imap',
        'pop',
        'pop3',
        'mx',
        'mx1',
        'mx2',
        'ns',
        'ns1',
        'ns2',
        'ns3',
        'ns4',
        'dns',
      ],
      ...['ftp', 'sftp', 'ssh', 'vpn', 'proxy', 'wpad', 'isatap', 'autodiscover', 'autoconfig', 'mta-sts', 'localhost'],
      ...['postmaster', 'hostmaster', 'webmaster', 'abuse', 'security', 'noreply', 'no-reply', 'acme-challenge'],
    ],
  },
  {
    reason: 'names what every database server has already',
    ids: ['postgres', 'template0', 'template1', 'mysql', 'mariadb', 'sys', 'information-schema', 'performance-schema'],
  },
  {
    reason: 'means something else in data and on command lines',
    ids: ['null', 'none', 'all', 'true', 'false', 'undefined', 'constructor'],
  },
  {
    reason: 'names a file of the output that is no tenant’s',
    ids: ['manifest'],
  },
];

/** Why an id is reserved, or undefined; `also` are the platform's own reservations, in which `*` may end an id, too. */
export function whyReserved(id: string, also: readonly string[] = []): string | undefined {
  for (const { reason, ids } of ALWAYS) if (ids.some((pattern) => fits(id, pattern))) return reason;
  // RFC 5891 4.2.3.1: labels with hyphens in these places, such as xn--, are other names in disguise.
  if (id.slice(2, 4) === '--') return 'is a DNS label that is kept for encoded names';
  // Names such as _dmarc and _acme-challenge; no id may begin so anyway.
  if (id.startsWith('_')) return 'is a DNS label that services are found by';
  return also.some((pattern) => fits(id, pattern)) ? 'is in the platform’s reservedIds' : undefined;
}

function fits(id: string, pattern: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}
