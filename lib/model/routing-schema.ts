import { z } from 'zod';
import { cpuSchema, mibSchema, nameSchema, podPeerSchema } from './schemas';
import { hostSchema } from './server-schema';

/** What people write of the way that requests take to the tenants of a cluster. */

/** Where the cluster's front door answers: addresses, or the host name of a cloud's load balancer. DNS records point there. */
const addresses = z
  .array(
    z.union([z.ipv4(), z.ipv6(), hostSchema], { error: 'expected an IP address or a host name, such as 192.0.2.10' }),
  )
  .min(1);

/** What a pod of cert-manager's HTTP-01 solver asks for (`--acme-http01-solver-resource-request-*`); it runs in the tenant's namespace. */
const solver = z.strictObject({ cpu: cpuSchema.default(0.01), memoryMiB: mibSchema.default(64) }).prefault({});

/**
 * How requests reach the tenants of a cluster. `controller` names what carries it out, since rate limits and
 * maintenance answers differ between controllers; everything that matters to isolation is the API's own.
 */
export const routingSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      /** Gateway API: an HTTPRoute a tenant, a ListenerSet for its custom domains. */
      kind: z.literal('gateway'),
      /** Rate limits are possible with `envoy-gateway` and `traefik`. */
      controller: z.enum(['envoy-gateway', 'traefik', 'cilium', 'istio', 'nginx-gateway-fabric', 'other']),
      /** The class of the Gateway that `_platform` makes. */
      className: nameSchema,
      /** Name of that Gateway, and the namespace that `_platform` makes for it. */
      gateway: z.strictObject({ name: nameSchema, namespace: nameSchema }),
      peers: z.array(podPeerSchema).min(1),
      issuer: nameSchema.max(63),
      challenge: z.enum(['dns01', 'http01']).default('http01'),
      addresses,
      solver,
    }),
    z.strictObject({
      /** Traefik's own IngressRoute and Middleware. */
      kind: z.literal('traefik'),
      entryPoint: nameSchema.default('websecure'),
      /** Namespace that `_platform` makes for Traefik's default certificate store and the wildcard certificates. */
      namespace: nameSchema.default('tenantry-routing'),
      peers: z.array(podPeerSchema).min(1),
      issuer: nameSchema.max(63),
      challenge: z.enum(['dns01', 'http01']).default('http01'),
      addresses,
      solver,
    }),
    z.strictObject({
      /** networking.k8s.io Ingress with a class; asked for where a controller knows nothing else. */
      kind: z.literal('ingress'),
      controller: z.enum(['ingress-nginx', 'f5-nginx', 'other']),
      className: nameSchema,
      /** Namespace that `_platform` makes for the wildcard certificates; the controller's default certificate is one of them. */
      namespace: nameSchema.default('tenantry-routing'),
      peers: z.array(podPeerSchema).min(1),
      issuer: nameSchema.max(63),
      challenge: z.enum(['dns01', 'http01']).default('http01'),
      addresses,
      solver,
    }),
  ],
  { error: 'expected a routing of kind "gateway", "traefik" or "ingress"' },
);
