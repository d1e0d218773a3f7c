import type { Tenant } from '../../lib/model/resolved';
import { wordpress } from '../../lib/products/wordpress';
import acmeCorp from '../../tenants/acme-corp';
import alpineNews from '../../tenants/alpine-news';
import bayBakery from '../../tenants/bay-bakery';
import gardenClub from '../../tenants/garden-club';
import meridianPress from '../../tenants/meridian-press';
import summitHealth from '../../tenants/summit-health';
import {
  at,
  clusterObjects,
  containerOf,
  filesOf,
  objectsOf,
  only,
  platformOf,
  problemsOf,
  registered,
  serviceOf,
  sharedOf,
  tenantOf,
  variable,
} from './support';

/** Line by line what WordPress and OpenWebUI ask for. */

const platform = platformOf(wordpress);
const acme = tenantOf(platform, acmeCorp);
const free = tenantOf(platform, gardenClub);
const enterprise = tenantOf(platform, meridianPress);
const objects = objectsOf(acme);

function offer(tenant: typeof acme, name: string) {
  return tenant.offers.find((each) => each.name === name);
}

test.each([
  ['acme-corp', acmeCorp],
  ['alpine-news', alpineNews],
  ['bay-bakery', bayBakery],
  ['garden-club', gardenClub],
  ['meridian-press', meridianPress],
  ['summit-health', summitHealth],
])('%s resolves and renders', (id, file) => {
  const tenant = tenantOf(platform, file);
  expect(filesOf(platform, tenant)).toContain(`kubernetes/${tenant.clusterName}/${id}/manifest.yaml`);
});

/** Pods that may prove at once who owns a custom domain. */
function solversOf({ cluster, routes }: Tenant): number {
  const custom = routes.flatMap(({ hosts }) => hosts).filter(({ kind }) => kind === 'custom');
  return cluster.routing.challenge === 'http01' ? custom.length : 0;
}

describe('namespaces', () => {
  test('are one for each tenant, and admin-apps for what they share', () => {
    expect(acme.namespace).toBe('wordpress-acme-corp');
    expect(sharedOf(platform)).toMatchObject({ namespace: 'admin-apps' });
    expect(sharedOf(platform).services.map(({ name }) => name)).toEqual(['openwebui', 'pipelines']);
  });
});

describe('resources', () => {
  test('of WordPress lie between 500m and 1000m, 512 and 1024 MiB, on 20 GiB', () => {
    const service = serviceOf(tenantOf(platform, alpineNews), 'wordpress');
    expect(service.resources).toMatchObject({
      requests: { cpu: 0.5, memoryMiB: 512 },
      limits: { cpu: 1, memoryMiB: 1024 },
    });
    expect(service.volumes).toMatchObject([{ path: '/var/www/html', sizeGiB: 20, backup: 'files' }]);
  });

  test('of MariaDB are 2 cores, 4 GiB and 20 GiB, for each tenant its own', () => {
    expect(offer(free, 'database')).toMatchObject({
      kind: 'mysql',
      provision: 'own',
      own: { cpu: 2, memoryMiB: 4096, storageGiB: 20 },
    });
    const server = only(objectsOf(free), 'MariaDB');
    expect(server.metadata.namespace).toBe('wordpress-garden-club');
    expect(at(server, 'spec.storage.size')).toBe('20Gi');
  });

  test('of acme-corp are those that its owners wrote', () => {
    const service = serviceOf(acme, 'wordpress');
    expect(service.resources.limits).toMatchObject({ cpu: 2, memoryMiB: 2048 });
    expect(service.volumes).toMatchObject([{ sizeGiB: 50 }]);
    expect(offer(acme, 'database')?.own).toMatchObject({ cpu: 4, memoryMiB: 8192, storageGiB: 100 });
    expect(acme).toMatchObject({
      planName: 'pro',
      displayName: 'Acme Corporation',
      contact: 'admin@acme-corp.example',
    });
  });
});

describe('the pod of WordPress', () => {
  test('is the official image as user 33, on 8080, with a root file system that nobody writes', () => {
    const container = containerOf(objects, 'wordpress');
    expect(container).toMatchObject({
      image: expect.stringMatching(/^docker\.io\/library\/wordpress:6\..*-apache$/),
      ports: [{ containerPort: 8080 }],
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    });
    const pod = at(only(objects, 'Deployment', 'wordpress'), 'spec.template.spec');
    expect(pod).toMatchObject({ securityContext: { runAsUser: 33, runAsNonRoot: true, fsGroup: 33 } });
    const mounts = container.volumeMounts as readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
    expect(mounts.map(({ mountPath }) => mountPath)).toEqual(
      expect.arrayContaining([
        ...['/etc/apache2/ports.conf', '/etc/apache2/sites-enabled/000-default.conf', '/var/www/html'],
        ...['/tmp', '/var/run/apache2', '/var/lock/apache2'],
      ]),
    );
  });

  test('is replaced and not rolled, since its volume is one node’s', () => {
    expect(at(only(objects, 'Deployment', 'wordpress'), 'spec.strategy.type')).toBe('Recreate');
    expect(at(only(objects, 'Deployment', 'wordpress'), 'spec.replicas')).toBe(1);
  });

  test('holds its database, salts and tokens by references to the store', () => {
    const service = serviceOf(acme, 'wordpress');
    expect(variable(service, 'WORDPRESS_DB_PASSWORD')).toBe('<database-a/password>');
    const salts = service.env.filter(({ name }) => /^WORDPRESS_\w+_(KEY|SALT)$/.test(name));
    expect(new Set(salts.map(({ name }) => variable(service, name))).size).toBe(8);
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('speaks TLS with its MariaDB, which takes nothing else', () => {
    expect(variable(serviceOf(acme, 'wordpress'), 'WORDPRESS_CONFIG_EXTRA')).toContain(
      `define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL |`,
    );
    expect(at(only(objects, 'MariaDB'), 'spec.tls')).toEqual({ enabled: true, required: true });
  });

  test('is installed by a job that knows the admin, whose password is generated', () => {
    const [job] = acme.jobs;
    if (job === undefined) throw new Error('no job');
    expect(variable(job.service, 'ADMIN_USER')).toBe('acme-admin');
    expect(variable(job.service, 'ADMIN_EMAIL')).toBe('admin@acme-corp.example');
    expect(variable(job.service, 'ADMIN_PASSWORD')).toBe('<admin-password/value>');
    expect(variable(serviceOf(acme, 'wordpress'), 'ADMIN_PASSWORD')).toBeUndefined();
  });
});

describe('tiers', () => {
  test.each([
    ['free', gardenClub, { limitsCpu: 0.5, limitsMemoryGiB: 0.5, storageGiB: 5 }, [100, 1000]],
    ['pro', alpineNews, { limitsCpu: 2, limitsMemoryGiB: 2, storageGiB: 50 }, [10_000, 100_000]],
  ] as const)('%s bounds CPU, memory and storage, with the MariaDB on top', (_tier, file, quota, limits) => {
    const tenant = tenantOf(platform, file);
    expect(Object.values(tenant.limits)).toEqual(limits);
    // The server, and its successor while one takes the place of the other.
    // And what proves who owns its custom domains.
    const solvers = solversOf(tenant);
    expect(tenant.quota.limitsCpu).toBeCloseTo(quota.limitsCpu + 2 * 2 + 0.1 * solvers);
    expect(tenant.quota.limitsMemoryGiB).toBeCloseTo(quota.limitsMemoryGiB + 2 * 4 + solvers / 16);
    expect(tenant.quota.storageGiB).toBe(quota.storageGiB + 20);
  });

  test('enterprise is bounded by the nodes that its plan has apart', () => {
    expect(enterprise.quota).toMatchObject({ storageGiB: expect.any(Number), pods: expect.any(Number) });
    expect(enterprise.quota.limitsCpu).toBeGreaterThanOrEqual(32);
    expect(enterprise.nodePool).toMatchObject({ labels: { pool: 'dedicated' } });
    expect(enterprise.limits).toEqual({ workflows: 'unlimited', apiRequests: 'unlimited' });
    const pod = at(only(objectsOf(enterprise), 'Deployment', 'wordpress'), 'spec.template.spec');
    expect(pod).toMatchObject({ nodeSelector: { pool: 'dedicated' } });
  });

  test('have the features of the table', () => {
    const features = (tenant: typeof acme) => Object.keys(tenant.features).filter((name) => tenant.features[name]);
    expect(features(free)).toEqual(['content-automation']);
    expect(features(acme).sort()).toEqual(['analytics', 'content-automation', 'custom-plugins', 'sso']);
    expect(features(enterprise).sort()).toEqual([
      ...['analytics', 'content-automation', 'custom-plugins', 'sso', 'white-label'],
    ]);
  });

  test('free has no custom domain and no SSO', () => {
    const [domain] = problemsOf(platform, gardenClub, { domains: ['www.garden.example'] });
    expect(domain).toContain('the plan "free" includes no custom domain');
    expect(problemsOf(platform, gardenClub, { features: { sso: true } })).toHaveLength(1);
    expect(variable(serviceOf(free, 'wordpress'), 'OIDC_ISSUER')).toBe('');
  });

  test('pro has two custom domains', () => {
    const [third] = problemsOf(platform, acmeCorp, { domains: ['a.example.net', 'b.example.net', 'c.example.net'] });
    expect(third).toContain('the plan "pro" includes 2 custom domains, got 3');
  });

  test('custom plugins are the tenant’s own where its plan says so', () => {
    expect(variable(serviceOf(free, 'wordpress'), 'CUSTOM_PLUGINS')).toBe('false');
    expect(variable(serviceOf(acme, 'wordpress'), 'CUSTOM_PLUGINS')).toBe('true');
  });
});

describe('the quota of objects', () => {
  test('is 5 claims, 10 pods, 5 services, 20 secrets and 20 configmaps, with what the MariaDB takes on top', () => {
    for (const tenant of [free, acme, enterprise]) {
      const { persistentVolumeClaims, services, secrets, configMaps, pods } = tenant.quota;
      expect(persistentVolumeClaims).toBe(6);
      // The server with its successor, and a pod for each custom domain while that is proven.
      const solvers = solversOf(tenant);
      expect(pods).toBe(12 + solvers);
      for (const [have, least] of [
        [services, 5],
        [secrets, 20],
        [configMaps, 20],
      ] as const)
        expect(have).toBeGreaterThanOrEqual(least);
    }
  });
});

describe('the network', () => {
  const { services } = acme;

  test('lets WordPress out to its database, admin-apps, Authentik, and the web', () => {
    expect(services[0]).toMatchObject({
      callsShared: ['openwebui', 'pipelines'],
      egress: [{ to: 'internet', ports: [443, 80] }],
    });
    expect([...(services[0]?.uses ?? [])].sort()).toEqual(expect.arrayContaining(['database', 'wordpress-client']));
    expect(offer(acme, 'database')?.peers).toMatchObject([{ kind: 'pods', namespace: acme.namespace, port: 3306 }]);
  });

  test('lets the pipelines in, and nobody else of admin-apps', () => {
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    const rules = policies.flatMap((policy) => (at(policy, 'spec.ingress') ?? []) as { from?: unknown[] }[]);
    const fromShared = rules
      .flatMap(({ from = [] }) => from)
      .filter((peer) => JSON.stringify(peer).includes('admin-apps'));
    expect(fromShared).toHaveLength(1);
    expect(JSON.stringify(fromShared)).toContain('pipelines');
  });

  test('denies whatever nobody asked for', () => {
    expect(at(only(objects, 'NetworkPolicy', 'default-deny'), 'spec.policyTypes')).toEqual(['Ingress', 'Egress']);
  });
});

describe('SSO', () => {
  test('has a client for WordPress that comes back to each of its hosts', () => {
    const path = '/wp-admin/admin-ajax.php?action=openid_connect_generic';
    expect(offer(acme, 'wordpress-client')?.details).toMatchObject({
      client: 'wordpress-acme-corp',
      redirects: [
        `https://acme-corp.presswork.app${path}`,
        `https://blog.acme-corp.example${path}`,
        `https://docs.acme-corp.example${path}`,
      ],
    });
  });

  test('has a client for OpenWebUI that comes back to the shared host and to one for each custom domain', () => {
    expect(offer(acme, 'openwebui-client')?.details).toMatchObject({
      client: 'openwebui-acme-corp',
      redirects: [
        'https://chat-north.presswork.app/oauth/oidc/callback?tenant=acme-corp',
        'https://openwebui.blog.acme-corp.example/oauth/oidc/callback',
        'https://openwebui.docs.acme-corp.example/oauth/oidc/callback',
      ],
    });
  });

  test('gives each client a secret of its own', () => {
    const paths = ['wordpress-client', 'openwebui-client'].map((name) => offer(acme, name)?.secrets[0]?.path);
    expect(new Set(paths).size).toBe(2);
    expect(variable(serviceOf(acme, 'wordpress'), 'OIDC_SECRET')).toBe('<wordpress-client/clientSecret>');
  });

  test('knows tenant admins, users and viewers, in the cluster as in the identity provider', () => {
    const groups = ['admin', 'user', 'viewer'].map((role) => `wordpress-acme-corp-${role}`);
    expect(acme.roles.flatMap((role) => role.groups)).toEqual(groups);
    expect(offer(acme, 'wordpress-client')?.details).toMatchObject({ groups });
  });

  test('leaves the free tier with the client of OpenWebUI alone', () => {
    expect(offer(free, 'wordpress-client')).toBeUndefined();
    expect(offer(free, 'openwebui-client')?.details).toMatchObject({
      redirects: ['https://chat-north.presswork.app/oauth/oidc/callback?tenant=garden-club'],
    });
  });
});

test('OpenWebUI knows itself by the host of its region, and nobody else’s', () => {
  const url = (cluster: string) => {
    const chat = sharedOf(platform, cluster).services.find(({ name }) => name === 'openwebui');
    return chat?.env.find(({ name }) => name === 'WEBUI_URL')?.parts;
  };
  expect([url('eu-1'), url('us-1')]).toEqual([
    ['https://chat-north.presswork.app'],
    ['https://chat-south.presswork.app'],
  ]);
});

describe('hosts', () => {
  test('are a subdomain, the custom domains, and a second host for each of them', () => {
    expect(acme.routes.flatMap(({ hosts }) => hosts.map(({ host }) => host))).toEqual([
      'acme-corp.presswork.app',
      'blog.acme-corp.example',
      'docs.acme-corp.example',
    ]);
    expect(acme.sharedRoutes.flatMap(({ hosts }) => hosts.map(({ host }) => host))).toEqual([
      'openwebui.blog.acme-corp.example',
      'openwebui.docs.acme-corp.example',
    ]);
    const claimed = acme.claims.filter(({ space }) => space === 'host').map(({ name }) => name);
    expect(claimed).toContain('openwebui.docs.acme-corp.example');
  });

  test('of OpenWebUI are routed and certified in admin-apps', () => {
    const added = registered(platform, acme).filter(({ metadata }) => metadata.namespace === 'admin-apps');
    expect(JSON.stringify(added)).toContain('openwebui.blog.acme-corp.example');
    const [route] = sharedOf(platform).routes;
    expect(route).toMatchObject({ hosts: [{ host: 'chat-north.presswork.app' }], paths: [{ service: 'openwebui' }] });
  });
});

describe('what reaches the shared OpenWebUI', () => {
  test('are the settings with the defaults of the source', () => {
    expect(free.projection?.facts).toMatchObject({
      auto_publish: false,
      content_types: ['blog_post'],
      default_categories: ['Blog'],
      seo_optimization: true,
      custom_templates: [],
      workflow_approval: false,
    });
  });

  test('are features, limits, status and hosts', () => {
    expect(acme.projection?.facts).toMatchObject({
      status: 'active',
      content_automation: true,
      sso_enabled: true,
      workflows_per_month: 10_000,
      api_requests_per_day: 100_000,
      hosts: expect.stringContaining('blog.acme-corp.example'),
    });
    expect(enterprise.projection?.facts).toMatchObject({ workflows_per_month: null });
  });

  test('are the secrets that it needs, and no other', () => {
    expect(acme.projection?.secrets.map(({ name }) => name)).toEqual(['OIDC_CLIENT_SECRET', 'AUTOMATION_TOKEN']);
  });

  test('stand in a ConfigMap of admin-apps', () => {
    const config = only(registered(platform, acme), 'ConfigMap', 'tenant.acme-corp');
    expect(config.metadata.namespace).toBe('admin-apps');
  });

  test('is nothing to call where content automation is off', () => {
    const without = tenantOf(platform, summitHealth);
    expect(offer(without, 'openwebui-client')).toBeUndefined();
    expect(variable(serviceOf(without, 'wordpress'), 'PIPELINES_URL')).toBe('');
    expect(without.projection?.facts).toMatchObject({ content_automation: false, oidc_client_id: '' });
  });
});

describe('scaling', () => {
  test('adds pipelines above 80 % of CPU or memory and removes them below 20 % of both', () => {
    expect(serviceOf(sharedOf(platform), 'pipelines')).toMatchObject({
      replicas: { min: 2, max: 6 },
      scaling: { cpuPercent: 80, memoryPercent: 80, downPercent: 20 },
    });
    const scaler = only(
      clusterObjects(platform).filter(({ metadata }) => metadata.namespace === 'admin-apps'),
      'HorizontalPodAutoscaler',
      'pipelines',
    );
    expect(at(scaler, 'spec')).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
  });
});

describe('alerts', () => {
  test('are those of the source, and one that tells of more replicas', () => {
    const rules = JSON.stringify(clusterObjects(platform).filter(({ kind }) => kind === 'PrometheusRule'));
    for (const name of ['TenantHighCPUUsage', 'TenantDiskSpaceLow', 'TenantScaledUp']) expect(rules).toContain(name);
    const { alerts } = platform.products.get('wordpress') ?? {};
    expect(alerts).toMatchObject({
      TenantHighCPUUsage: { abovePercent: 85, forMinutes: 5, severity: 'warning' },
      TenantDiskSpaceLow: { abovePercent: 90, forMinutes: 2, severity: 'critical' },
      TenantScaledUp: { severity: 'info' },
    });
  });
});

describe('data', () => {
  test('is backed up whole: the database and the files, kept as the plan says', () => {
    expect(acme.backup?.items.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'dump database',
      'volume wordpress-html',
    ]);
    expect(free.backup?.keep).toEqual({ daily: 7, weekly: 0, monthly: 0 });
    expect(enterprise.backup?.keep).toEqual({ daily: 30, weekly: 12, monthly: 24 });
    expect(tenantOf(platform, summitHealth).backup?.minute).toBe(7 * 60 + 40);
  });

  test('of the shared OpenWebUI is backed up with its database, consistently', () => {
    expect(sharedOf(platform).backup?.items).toMatchObject([{ kind: 'volume', databases: ['webui.db'] }]);
  });

  test('stays in the jurisdiction that the tenant asks for', () => {
    expect(acme.jurisdiction).toBe('eu');
    expect(problemsOf(platform, acmeCorp, { residency: 'us' }).length).toBeGreaterThan(0);
  });
});
