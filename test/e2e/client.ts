import { type Answer, Http } from './http';
import { type KubeObject, type Reference, title } from './objects';

export interface Applied<T> {
  readonly object: T;
  readonly warnings: readonly string[];
}

interface Discovery {
  items: {
    metadata: { name?: string };
    versions: {
      version: string;
      resources?: { resource: string; responseKind: { kind: string }; scope: string }[];
    }[];
  }[];
}

interface Resource {
  readonly path: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The API refused: which request on which object, and what the API says about it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    action: string,
    message: string,
  ) {
    super(`${action}: ${status}: ${message}`);
  }
}

/** A client of the Kubernetes API that knows the server's kinds. */
export class KubeClient extends Http {
  private resources = new Map<string, Resource>();

  /** Reads which kinds the server knows, again after CRDs were installed. */
  async discover(): Promise<void> {
    const found = new Map<string, Resource>();
    for (const root of ['/api', '/apis']) {
      const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
      const answer = await this.send('GET', root, { accept });
      for (const group of (JSON.parse(answer.text) as Discovery).items) {
        for (const version of group.versions) {
          const name = group.metadata.name;
          const apiVersion = name ? `${name}/${version.version}` : version.version;
          for (const { resource, responseKind, scope } of version.resources ?? []) {
            const path = `${root}/${apiVersion}`;
            const entry = { path, plural: resource, namespaced: scope === 'Namespaced' };
            found.set(`${apiVersion} ${responseKind.kind}`, entry);
          }
        }
      }
    }
    this.resources = found;
  }

  knows(object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
    return this.resources.has(`${object.apiVersion} ${object.kind}`);
  }

  /** Server-side apply as Argo CD's; unless forced, which Argo CD does, a field that another manager owns is a conflict. */
  async apply<T extends KubeObject>(
    object: Reference,
    text = JSON.stringify(object),
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<Applied<T>> {
    const query = `fieldManager=argocd-controller&force=${force}&fieldValidation=Strict`;
    const type = 'application/apply-patch+yaml';
    const answer = await this.checked('apply', object, 'PATCH', `${this.path(object)}?${query}`, type, text);
    return { object: JSON.parse(answer.text) as T, warnings: answer.warnings };
  }

  async create<T extends KubeObject>(object: KubeObject): Promise<Applied<T>> {
    const path = `${this.collection(object)}?fieldManager=e2e&fieldValidation=Strict`;
    const answer = await this.checked('create', object, 'POST', path, 'application/json', JSON.stringify(object));
    return { object: JSON.parse(answer.text) as T, warnings: answer.warnings };
  }

  async merge(object: Reference, fields: unknown): Promise<void> {
    const path = `${this.path(object)}?fieldManager=e2e`;
    await this.checked('patch', object, 'PATCH', path, 'application/merge-patch+json', JSON.stringify(fields));
  }

  /** Sets the replicas as an autoscaler does. */
  async scale(object: Reference, replicas: number): Promise<void> {
    const path = `${this.path(object)}/scale?fieldManager=e2e`;
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: object.metadata, spec: { replicas } };
    await this.checked('scale', object, 'PUT', path, 'application/json', JSON.stringify(body));
  }

  async get<T extends KubeObject>(object: Reference): Promise<T> {
    return JSON.parse((await this.checked('get', object, 'GET', this.path(object))).text) as T;
  }

  async delete(object: Reference): Promise<void> {
    await this.checked('delete', object, 'DELETE', this.path(object));
  }

  /** All objects of a kind in all namespaces, or in one; `query` as in `fieldSelector=reason=FailedCreate`. */
  async list<Spec = unknown, Status = unknown, T = KubeObject<Spec, Status>>(
    apiVersion: string,
    kind: string,
    options: { readonly namespace?: string; readonly query?: string } = {},
  ): Promise<T[]> {
    const reference = { apiVersion, kind, metadata: { name: '*', namespace: options.namespace } };
    const path = `${this.collection(reference, true)}?${options.query ?? ''}`;
    const answer = await this.checked('list', reference, 'GET', path);
    return (JSON.parse(answer.text) as { items: T[] }).items.map((item) => ({ ...item, apiVersion, kind }));
  }

  private async checked(
    action: string,
    object: Reference,
    method: string,
    path: string,
    type?: string,
    body?: string,
  ): Promise<Answer> {
    const answer = await this.send(method, path, { type, body });
    if (answer.status < 300) return answer;
    throw new ApiError(answer.status, `${action} ${title(object)}`, statusMessage(answer.text));
  }

  private path(object: Reference): string {
    return `${this.collection(object)}/${encodeURIComponent(object.metadata.name)}`;
  }

  private collection(object: Reference, everywhere = false): string {
    const resource = this.resources.get(`${object.apiVersion} ${object.kind}`);
    if (resource === undefined) {
      throw new ApiError(404, title(object), `the server does not know ${object.apiVersion} ${object.kind}`);
    }
    const namespace = object.metadata.namespace;
    if (!resource.namespaced) return `${resource.path}/${resource.plural}`;
    if (namespace === undefined && everywhere) return `${resource.path}/${resource.plural}`;
    if (namespace === undefined) throw new ApiError(400, title(object), 'names no namespace');
    return `${resource.path}/namespaces/${namespace}/${resource.plural}`;
  }
}

function statusMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
