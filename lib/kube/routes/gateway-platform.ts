import type { IGatewaySpec, IHTTPRouteSpec } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { ITLSStoreSpec } from '@kubernetes-models/traefik/traefik.io/v1alpha1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Routing } from '../../model/platform';
import { WAVE_ANNOTATION, WAVES } from '../metadata';
import { certificate } from './certificates';
import { type GatewayRouting, gatewayRef, REDIRECT_RULE } from './gateway';
import { certificateSecret, TARGET_ANNOTATION } from './hosts';

/** What routing asks of a product: tenants get hosts one label below its apex. */
export interface RoutedProduct {
  readonly name: string;
  readonly apex: string;
}

export interface PlatformRoutingProps {
  readonly routing: Routing;
  /** Products on offer on the cluster. */
  readonly products: readonly RoutedProduct[];
  /** Labels of every object. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What a cluster has once for all routes, in a namespace of its own: a wildcard certificate for each product, and what serves them. An
 * Ingress controller is told of its default certificate by whoever runs it.
 */
export class PlatformRouting extends Construct {
  readonly certificates: readonly ApiObject[];
  readonly gateway: ApiObject | null;
  /** Sends plain HTTP to HTTPS, on the Gateway. */
  readonly redirect: ApiObject | null;
  /** Traefik's default store, which holds every product's certificate. */
  readonly tlsStore: ApiObject | null;

  constructor(scope: Construct, id: string, props: PlatformRoutingProps) {
    super(scope, id);
    const { routing, products } = props;
    const namespace = routingNamespace(routing);
    this.certificates = products.map(({ name, apex }) => {
      const secretName = certificateSecret(apex);
      // A wildcard takes a challenge by DNS, whatever custom domains take; the issuer chooses its solver by zone.
      const dnsNames = [`*.${apex}`, apex];
      return certificate(this, `certificate-${name}`, {
        metadata: meta(props, namespace, secretName),
        ...{ secretName, dnsNames, issuer: routing.issuer },
      });
    });
    this.gateway = routing.kind === 'gateway' ? gateway(this, props, routing) : null;
    this.redirect = routing.kind === 'gateway' ? redirect(this, props, routing) : null;
    this.tlsStore = routing.kind === 'traefik' ? tlsStore(this, props, routing.namespace) : null;
  }
}

/** Namespace of `_platform`'s own for what routing needs once. */
export function routingNamespace(routing: Routing): string {
  return routing.kind === 'gateway' ? routing.gateway.namespace : routing.namespace;
}

// --- internal ---

const PRODUCT_LABEL = 'tenantry.dev/product';
/** No product has a dot in its name, which is that of its listener. */
const HTTP = 'http.redirect';

function meta(
  { labels }: PlatformRoutingProps,
  namespace: string,
  name: string,
  annotations: Readonly<Record<string, string>> = {},
) {
  const wave = { [WAVE_ANNOTATION]: String(WAVES.route) };
  return { name, namespace, labels: { ...labels }, annotations: { ...annotations, ...wave } };
}

/**
 * One listener a product, for the hosts below its apex, which takes routes from the product's namespaces only. Custom
 * hosts come with listeners of the tenants' own. Plain HTTP takes nobody's routes but the redirect.
 */
function gateway(scope: Construct, props: PlatformRoutingProps, routing: GatewayRouting): ApiObject {
  const { products } = props;
  const { name, namespace } = routing.gateway;
  const spec: IGatewaySpec = {
    gatewayClassName: routing.className,
    allowedListeners: { namespaces: { from: 'Selector', selector: oneOf(products) } },
    listeners: [
      { name: HTTP, port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } },
      ...products.map((product) => ({
        name: product.name,
        hostname: `*.${product.apex}`,
        port: 443,
        protocol: 'HTTPS',
        tls: {
          mode: 'Terminate' as const,
          certificateRefs: [{ group: '', kind: 'Secret', name: certificateSecret(product.apex) }],
        },
        allowedRoutes: { namespaces: { from: 'Selector' as const, selector: oneOf([product]) } },
      })),
    ],
  };
  const annotations = { [TARGET_ANNOTATION]: routing.addresses.join(',') };
  return new ApiObject(scope, 'gateway', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: meta(props, namespace, name, annotations),
    spec,
  });
}

/** Namespaces of some products, by the label that we give them. */
function oneOf(products: readonly RoutedProduct[]) {
  return { matchExpressions: [{ key: PRODUCT_LABEL, operator: 'In', values: products.map(({ name }) => name) }] };
}

function redirect(scope: Construct, props: PlatformRoutingProps, routing: GatewayRouting): ApiObject {
  const spec: IHTTPRouteSpec = {
    parentRefs: [{ ...gatewayRef(routing.gateway), sectionName: HTTP }],
    rules: [REDIRECT_RULE],
  };
  return new ApiObject(scope, 'redirect', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: meta(props, routing.gateway.namespace, 'https-redirect'),
    spec,
  });
}

/** Only the store of this name is read. Without a default certificate, a host of nobody's learns of no product. */
function tlsStore(scope: Construct, props: PlatformRoutingProps, namespace: string): ApiObject {
  const spec: ITLSStoreSpec = {
    certificates: props.products.map(({ apex }) => ({ secretName: certificateSecret(apex) })),
  };
  return new ApiObject(scope, 'tls-store', {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TLSStore',
    metadata: meta(props, namespace, 'default'),
    spec,
  });
}
