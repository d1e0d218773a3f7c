import type { PolicyRule } from './product';

/**
 * What a product may let people and identities do in a namespace. Pure checks of single rules: a sentence that says why
 * one is refused, or null. Credentials are matched by name in every API group, so that no mistyped group hides them.
 */

/** Why no group of people may have a rule, or null. Reading is free but for credentials; writing is for little. */
export function roleProblem(rule: PolicyRule): string | null {
  const never = neverProblem(rule);
  if (never !== null) return never;
  const { resources, verbs } = rule;
  const credential = first(resources, (resource) => CREDENTIALS.get(resource));
  if (credential !== null) return credential;
  const foreign = resources.find((resource) => FOREIGN.includes(kindOf(resource)));
  if (foreign !== undefined) return `${foreign} are the platform's`;
  const writing = verbs.filter((verb) => !READING.includes(verb));
  if (writing.length === 0) return null;
  const group = rule.apiGroups.find((name) => !WRITABLE_GROUPS.includes(name));
  if (group !== undefined)
    return `${group} is for others: controllers act on what is written there with rights of their own`;
  return first(resources, (resource) => writeProblem(resource, writing));
}

/**
 * Why no identity may have a rule, or null. Some are for nobody; another wide one (what no role may have, and any that
 * writes) needs a reason of at least 20 characters.
 */
export function identityProblem(rule: PolicyRule, reason: string): string | null {
  const never = neverProblem(rule);
  if (never !== null) return never;
  if (rule.resources.includes('secrets') && rule.verbs.some((verb) => verb === 'list' || verb === 'watch')) {
    return 'list and watch of secrets give every credential of the namespace at once';
  }
  const writes = rule.verbs.some((verb) => !READING.includes(verb));
  const wide = roleProblem(rule) ?? (writes ? 'it writes' : null);
  if (wide === null || reason.trim().length >= REASON_LENGTH) return null;
  return `it is wide (${wide}) and gives no reason of at least ${REASON_LENGTH} characters`;
}

// --- internal ---

const REASON_LENGTH = 20;
const READING: readonly string[] = ['get', 'list', 'watch'];

/** Verbs that give rights which their user doesn't have. The schema knows none of them, but not every rule comes from it. */
const RAISING: readonly string[] = ['escalate', 'bind', 'impersonate'];

/** Never, whatever the verb: over a websocket, `get` is enough to run a command. */
const CREDENTIALS: ReadonlyMap<string, string> = new Map([
  ['secrets', 'secrets are the credentials of the application'],
  ['serviceaccounts/token', 'serviceaccounts/token makes tokens of every account of the namespace'],
  ['pods/exec', 'pods/exec runs commands where credentials are'],
  ['pods/attach', 'pods/attach is the console of processes that hold credentials'],
  ['pods/ephemeralcontainers', 'pods/ephemeralcontainers runs commands where credentials are'],
  ['pods/portforward', 'pods/portforward goes round every network policy'],
  ['pods/proxy', 'pods/proxy goes round every network policy'],
  ['services/proxy', 'services/proxy goes round every network policy'],
]);

const FOREIGN: readonly string[] = ['namespaces', 'nodes', 'persistentvolumes', 'clusterroles', 'clusterrolebindings'];

/** Groups in which people may write some things: nothing there but built-in kinds, all of which are known here. */
const WRITABLE_GROUPS: readonly string[] = ['', 'apps', 'batch', 'autoscaling', 'policy'];

/** Kinds of those groups that make pods, and pods mount any secret and any account of the namespace. */
const PODS: readonly string[] = [
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'controllerrevisions',
  'jobs',
  'cronjobs',
];

/** What bounds a tenant, sends traffic elsewhere or holds data; kinds of other groups too, should a rule mistake the group. */
const BOUNDARIES: readonly string[] = [
  'serviceaccounts',
  'roles',
  'rolebindings',
  'resourcequotas',
  'limitranges',
  'networkpolicies',
  'services',
  'endpoints',
  'endpointslices',
  'ingresses',
  'bindings',
  'persistentvolumeclaims',
];

/** Parts of an object that may be written where the object may not. */
const SUBRESOURCES: readonly string[] = ['scale', 'eviction', 'resize'];

function kindOf(resource: string): string {
  return resource.split('/', 1)[0] ?? '';
}

function neverProblem({ apiGroups, resources, verbs }: PolicyRule): string | null {
  const wildcard = [...apiGroups, ...resources, ...verbs].find((name) => name.includes('*'));
  if (wildcard !== undefined) return `${JSON.stringify(wildcard)} grows with every kind that is installed`;
  const raising = verbs.find((verb) => RAISING.includes(verb));
  return raising === undefined ? null : `${raising} gives rights beyond one's own`;
}

function writeProblem(resource: string, verbs: readonly string[]): string | null {
  const kind = kindOf(resource);
  if (kind !== resource) {
    const part = resource.slice(kind.length + 1);
    return SUBRESOURCES.includes(part) ? null : `${resource} is written by controllers`;
  }
  if (BOUNDARIES.includes(kind)) return `${kind} keep tenants apart, or their data`;
  // Deleting a pod or a stuck job reveals nothing, and is what people on call need.
  if (!PODS.includes(kind) || verbs.every((verb) => verb === 'delete')) return null;
  return `whoever writes ${kind} reads every secret of the namespace, since pods mount what they name`;
}

function first(items: readonly string[], problem: (item: string) => string | null | undefined): string | null {
  for (const item of items) {
    const found = problem(item);
    if (found !== null && found !== undefined) return found;
  }
  return null;
}
