import { z } from 'zod';
import {
  concat,
  defineProduct,
  feature,
  generatedSecret,
  limit,
  mysql,
  oauthClient,
  publicUrl,
  setting,
  sharedUrl,
  tenant,
  when,
} from '../index';

/**
 * WordPress, a site for every organisation, joined to a shared OpenWebUI whose pipelines write content.
 *
 * READINGS. A namespace has one owner, so Authentik is the platform's server of engine `oidc` and OpenWebUI and its pipelines are this
 * product's `admin-apps`. The table of tiers bounds a tenant as a quota, and the sizes of WordPress are those it starts with: the free
 * tier's bound is below the usual size, and holds. A tenant's MariaDB comes on top of the quota, else no tier could hold it.
 * `unlimited`, and `dedicated resources`, is what the plan's node pool holds: nodes that enterprise tenants of a cluster have among
 * themselves; one that wants nodes or a cluster alone is placed on a cluster of its own. Enterprise's sizes are ours: the source has
 * none. OpenWebUI keeps chats and files where they are, so each region has one, on `chat-{region}`. WordPress keeps its files on a
 * volume that one node mounts, so it is replaced and not rolled, and what scales between 80 % and 20 % are the pipelines. A network
 * "in and out of admin-apps" is opened between the services that talk, not between namespaces. The free tier has content automation
 * and no SSO: its people have an OpenWebUI client, and log in to WordPress by password. The admin's password is generated, never
 * written.
 */

const database = mysql({ name: 'database', provision: 'own', own: { cpu: 2, memoryMiB: 4096, storageGiB: 20 } });
const adminPassword = generatedSecret({ name: 'admin-password', length: 32 });
const automationToken = generatedSecret({ name: 'automation-token', feature: 'content-automation' });

const salts = ['auth-key', 'secure-auth-key', 'logged-in-key', 'nonce-key']
  .flatMap((key) => [key, key.replace('key', 'salt')])
  .map((name) => generatedSecret({ name, length: 64 }));
const saltVariables = salts.map(({ name, value }) => [`WORDPRESS_${name.toUpperCase().replaceAll('-', '_')}`, value]);

/** Groups of the identity provider, for the clients and for the cluster alike. */
const group = (role: 'admin' | 'user' | 'viewer') => `wordpress-{id}-${role}`;
const groups = [group('admin'), group('user'), group('viewer')];

const siteClient = oauthClient({
  name: 'wordpress-client',
  feature: 'sso',
  client: 'wordpress-{id}',
  redirects: ['https://{hosts.wordpress}/wp-admin/admin-ajax.php?action=openid_connect_generic'],
  groups,
});

const chatClient = oauthClient({
  name: 'openwebui-client',
  feature: 'content-automation',
  client: 'openwebui-{id}',
  redirects: [
    'https://chat-{region}.{apex}/oauth/oidc/callback?tenant={id}',
    'https://openwebui.{domain}/oauth/oidc/callback',
  ],
  groups,
});

// Keys of those who administer the shared services.
const sessionKey = generatedSecret({ name: 'session-key' });
const pipelinesKey = generatedSecret({ name: 'pipelines-key' });

const internet = (reason: string) => ({ to: 'internet' as const, ports: [443, 80], reason });

/** How shared services learn of tenants: facts as they come, secrets by name. */
const learning = [
  { resources: ['configmaps'], verbs: ['get' as const, 'list' as const, 'watch' as const] },
  { resources: ['secrets'], verbs: ['get' as const] },
];

/** Apache as a user that may not open port 80. */
const site = `<VirtualHost *:8080>
  DocumentRoot /var/www/html
  SetEnvIf Authorization "(.+)" HTTP_AUTHORIZATION=$1
  ErrorLog /proc/self/fd/2
  CustomLog /proc/self/fd/1 combined
</VirtualHost>
`;

/**
 * PHP at the end of wp-config.php: the site answers under each host that is routed to it, and speaks TLS with its MariaDB. The
 * operator's authority is not known to the image, so the server's certificate is not compared: policies let nobody else be reached.
 */
const settingsOfSite = `
$hosts = explode(',', getenv('SITE_HOSTS'));
$host = in_array($_SERVER['HTTP_HOST'] ?? '', $hosts, true) ? $_SERVER['HTTP_HOST'] : $hosts[0];
define('WP_HOME', "https://$host");
define('WP_SITEURL', "https://$host");
define('DISALLOW_FILE_EDIT', true);
define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT);
define('WPMU_PLUGIN_DIR', '/opt/wordpress/mu-plugins');
if (getenv('OIDC_ISSUER')) {
  define('OIDC_CLIENT_ID', getenv('OIDC_ID'));
  define('OIDC_CLIENT_SECRET', getenv('OIDC_SECRET'));
  define('OIDC_ENDPOINT_LOGIN_URL', dirname(getenv('OIDC_ISSUER')) . '/authorize/');
  define('OIDC_ENDPOINT_TOKEN_URL', dirname(getenv('OIDC_ISSUER')) . '/token/');
  define('OIDC_ENDPOINT_USERINFO_URL', dirname(getenv('OIDC_ISSUER')) . '/userinfo/');
}
`;

/** Plugins are the tenant's own where its plan says so, updates go on for all, and pipelines write as a user of theirs. */
const policy = `<?php
add_filter('map_meta_cap', fn ($caps, $cap) => getenv('CUSTOM_PLUGINS') !== 'true'
  && in_array($cap, ['install_plugins', 'upload_plugins', 'install_themes', 'upload_themes'], true)
    ? ['do_not_allow'] : $caps, 10, 2);
add_filter('determine_current_user', function ($user) {
  $token = getenv('AUTOMATION_TOKEN');
  if (!$token || !hash_equals("Bearer $token", $_SERVER['HTTP_AUTHORIZATION'] ?? '')) return $user;
  return get_user_by('login', 'automation')->ID ?? $user;
}, 20);
`;

/** Makes the tables, the admin and the pipelines' user where they are missing. */
const install = `<?php
define('WP_INSTALLING', true);
require '/usr/src/wordpress/wp-config-docker.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
if (!is_blog_installed())
  wp_install(getenv('SITE_TITLE'), getenv('ADMIN_USER'), getenv('ADMIN_EMAIL'), true, '', getenv('ADMIN_PASSWORD'));
if (!username_exists('automation'))
  wp_insert_user(['user_login' => 'automation', 'user_pass' => wp_generate_password(40), 'role' => 'editor']);
`;

export const wordpress = defineProduct({
  name: 'wordpress',
  displayName: 'WordPress',
  apex: 'presswork.app',
  features: {
    'content-automation': 'Content by the pipelines of OpenWebUI',
    sso: 'Log-in by Authentik',
    'custom-plugins': 'Plugins and themes of the tenant’s own',
    analytics: 'Statistics on visitors and content',
    'white-label': 'No mark of ours on site and chat',
  },
  settings: z.strictObject({
    adminUser: z
      .string()
      .regex(/^[a-z][a-z0-9_.-]{2,59}$/, 'expected 3 to 60 lower-case letters, digits, "_", "." and "-"')
      .default('admin'),
    autoPublish: z.boolean().default(false),
    contentTypes: z.array(z.string().min(1)).default(['blog_post']),
    defaultCategories: z.array(z.string().min(1)).default(['Blog']),
    seoOptimization: z.boolean().default(true),
    customTemplates: z.array(z.string().min(1)).default([]),
    workflowApproval: z.boolean().default(false),
  }),
  backing: [database, adminPassword, automationToken, ...salts, siteClient, chatClient],
  services: {
    wordpress: {
      image: 'docker.io/library/wordpress:6.8.3-php8.3-apache',
      port: 8080,
      user: 33,
      probes: {
        // The first start copies WordPress to its volume.
        startup: { http: '/license.txt', failures: 60, periodSeconds: 5 },
        readiness: { http: '/wp-login.php', timeoutSeconds: 5 },
        liveness: { http: '/license.txt', failures: 6 },
      },
      env: {
        WORDPRESS_DB_HOST: concat(database.host, ':', database.port),
        WORDPRESS_DB_NAME: database.database,
        WORDPRESS_DB_USER: database.user,
        WORDPRESS_DB_PASSWORD: database.password,
        ...Object.fromEntries(saltVariables),
        WORDPRESS_CONFIG_EXTRA: settingsOfSite,
        SITE_HOSTS: tenant.hosts,
        SITE_TITLE: tenant.displayName,
        CUSTOM_PLUGINS: feature('custom-plugins'),
        ANALYTICS: feature('analytics'),
        WHITE_LABEL: feature('white-label'),
        OIDC_ISSUER: when('sso', siteClient.issuer, ''),
        OIDC_ID: when('sso', siteClient.clientId, ''),
        OIDC_SECRET: when('sso', siteClient.clientSecret, ''),
        OPENWEBUI_URL: when('content-automation', sharedUrl('openwebui'), ''),
        PIPELINES_URL: when('content-automation', sharedUrl('pipelines'), ''),
        AUTOMATION_TOKEN: when('content-automation', automationToken.value, ''),
      },
      files: {
        '/etc/apache2/ports.conf': 'Listen 8080\n',
        '/etc/apache2/sites-enabled/000-default.conf': site,
        '/opt/wordpress/mu-plugins/policy.php': policy,
        '/opt/wordpress/install.php': install,
      },
      volumes: { html: { path: '/var/www/html', sizeGiB: 20, backup: 'files' } },
      scratch: ['/tmp', '/var/run/apache2', '/var/lock/apache2'],
      resources: { requests: { cpu: 0.5, memoryMiB: 512 }, limits: { cpu: 1, memoryMiB: 1024 } },
      egress: [internet('updates, plugins and what sites embed: WordPress fetches from wherever its authors point it')],
    },
  },
  jobs: {
    install: {
      service: 'wordpress',
      command: ['php', '/opt/wordpress/install.php'],
      env: { ADMIN_USER: setting('adminUser'), ADMIN_EMAIL: tenant.contact, ADMIN_PASSWORD: adminPassword.value },
    },
  },
  routes: [
    { paths: { '/': 'wordpress' }, health: '/wp-login.php' },
    { hosts: ['openwebui.{domain}'], paths: { '/': { shared: 'openwebui' } }, health: '/health' },
  ],
  shared: {
    namespace: 'admin-apps',
    backing: [sessionKey, pipelinesKey],
    services: {
      // Chats, files and vectors lie on its volume, so it runs once; the work is the pipelines'.
      openwebui: {
        image: 'ghcr.io/open-webui/open-webui:v0.6.36',
        port: 8080,
        probes: {
          startup: { http: '/health', failures: 60, periodSeconds: 5 },
          readiness: { http: '/health' },
          liveness: { http: '/health', failures: 6 },
        },
        env: {
          WEBUI_URL: publicUrl('openwebui'),
          WEBUI_SECRET_KEY: sessionKey.value,
          ENABLE_OAUTH_SIGNUP: true,
          OPENAI_API_BASE_URL: sharedUrl('pipelines'),
          OPENAI_API_KEY: pipelinesKey.value,
          STATIC_DIR: '/tmp/static',
        },
        volumes: {
          data: { path: '/app/backend/data', sizeGiB: 50, backup: 'sqlite', databases: ['webui.db'] },
        },
        identity: 'chat',
        resources: { requests: { cpu: 0.5, memoryMiB: 1024 }, limits: { cpu: 2, memoryMiB: 4096 } },
        egress: [internet('models of providers, and pages that a chat asks for')],
      },
      pipelines: {
        image: 'ghcr.io/presswork/content-pipelines:1.4.0',
        port: 9099,
        probes: { readiness: { http: '/' }, liveness: { http: '/', failures: 6 } },
        env: { PIPELINES_API_KEY: pipelinesKey.value },
        callsTenants: ['wordpress'],
        identity: 'pipelines',
        replicas: { min: 2, max: 6 },
        scaling: { cpuPercent: 80, memoryPercent: 80, downPercent: 20 },
        resources: { requests: { cpu: 0.25, memoryMiB: 512 }, limits: { cpu: 1, memoryMiB: 1024 } },
        egress: [internet('models of providers, and pages that a workflow reads')],
      },
    },
    routes: [{ hosts: ['chat-{region}.{apex}'], paths: { '/': 'openwebui' }, health: '/health' }],
    identities: {
      chat: {
        serviceAccount: 'openwebui-tenants',
        rules: learning,
        reason: 'reads what it is told of each tenant, in ConfigMaps and Secrets of its own namespace',
      },
      pipelines: {
        serviceAccount: 'pipelines-tenants',
        rules: learning,
        reason: 'reads what it is told of each tenant, in ConfigMaps and Secrets of its own namespace',
      },
    },
    projection: {
      facts: {
        name: tenant.displayName,
        plan: tenant.plan,
        status: tenant.status,
        namespace: tenant.namespace,
        hosts: tenant.hosts,
        admin: tenant.contact,
        content_automation: feature('content-automation'),
        sso_enabled: feature('sso'),
        custom_plugins: feature('custom-plugins'),
        analytics_enabled: feature('analytics'),
        white_label: feature('white-label'),
        workflows_per_month: limit('workflows'),
        api_requests_per_day: limit('apiRequests'),
        auto_publish: setting('autoPublish'),
        content_types: setting('contentTypes'),
        default_categories: setting('defaultCategories'),
        seo_optimization: setting('seoOptimization'),
        custom_templates: setting('customTemplates'),
        workflow_approval: setting('workflowApproval'),
        oidc_issuer: when('content-automation', chatClient.issuer, ''),
        oidc_client_id: when('content-automation', chatClient.clientId, ''),
      },
      secrets: {
        OIDC_CLIENT_SECRET: when('content-automation', chatClient.clientSecret, ''),
        AUTOMATION_TOKEN: when('content-automation', automationToken.value, ''),
      },
    },
  },
  roles: {
    admin: {
      groups: [group('admin')],
      rules: [
        {
          resources: ['pods', 'pods/log', 'services', 'configmaps', 'events', 'persistentvolumeclaims'],
          verbs: ['get', 'list', 'watch'],
        },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    user: {
      groups: [group('user')],
      rules: [{ resources: ['pods', 'pods/log', 'services', 'events'], verbs: ['get', 'list', 'watch'] }],
    },
    viewer: {
      groups: [group('viewer')],
      rules: [{ resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] }],
    },
  },
  alerts: {
    TenantHighCPUUsage: {
      of: 'cpu',
      abovePercent: 85,
      forMinutes: 5,
      severity: 'warning',
      summary: 'The site uses most of the CPU of its plan.',
    },
    TenantDiskSpaceLow: {
      of: 'disk',
      abovePercent: 90,
      forMinutes: 2,
      severity: 'critical',
      summary: 'A volume of the site or of its database is almost full.',
    },
    TenantScaledUp: {
      of: 'scaled-up',
      forMinutes: 0,
      severity: 'info',
      summary: 'The pipelines, which all tenants share, run with more replicas than usual.',
    },
  },
  plans: {
    free: {
      quota: { ...objects(), limitsCpu: 0.5, limitsMemoryGiB: 0.5, storageGiB: 5 },
      // Workflows a month and requests to the API a day, on every plan.
      limits: { workflows: 100, apiRequests: 1000 },
      features: { 'content-automation': 'included' },
      backup: { keep: { daily: 7, weekly: 0, monthly: 0 } },
      priority: 100,
      services: {
        wordpress: {
          resources: { requests: { cpu: 0.25, memoryMiB: 256 }, limits: { cpu: 0.5, memoryMiB: 512 } },
          volumes: { html: { sizeGiB: 5 } },
        },
      },
    },
    pro: {
      // Of the site; what proves who owns a custom domain comes on top.
      quota: { ...objects(), limitsCpu: 2, limitsMemoryGiB: 2, storageGiB: 50 },
      limits: { workflows: 10_000, apiRequests: 100_000 },
      features: {
        'content-automation': 'included',
        sso: 'included',
        'custom-plugins': 'included',
        analytics: 'included',
      },
      customDomains: 2,
      priority: 1000,
    },
    enterprise: {
      quota: {
        ...objects(),
        cpu: 'unlimited',
        memoryGiB: 'unlimited',
        limitsCpu: 'unlimited',
        limitsMemoryGiB: 'unlimited',
        storageGiB: 'unlimited',
      },
      nodePool: 'dedicated',
      limits: { workflows: 'unlimited', apiRequests: 'unlimited' },
      features: {
        'content-automation': 'included',
        sso: 'included',
        'custom-plugins': 'included',
        analytics: 'included',
        'white-label': 'included',
      },
      customDomains: 'unlimited',
      backup: { keep: { daily: 30, weekly: 12, monthly: 24 } },
      priority: 10_000,
      services: {
        wordpress: {
          resources: { requests: { cpu: 2, memoryMiB: 4096 }, limits: { cpu: 4, memoryMiB: 8192 } },
          volumes: { html: { sizeGiB: 200 } },
        },
      },
      backing: { database: { own: { cpu: 4, memoryMiB: 8192, storageGiB: 100 } } },
    },
  },
});

// --- internal ---

/** How many objects a namespace may hold, on every plan. */
function objects() {
  return { persistentVolumeClaims: 5, pods: 10, services: 5, secrets: 20, configMaps: 20 };
}
