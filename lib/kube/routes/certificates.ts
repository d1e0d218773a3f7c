import type { ICertificateSpec } from '@kubernetes-models/cert-manager/cert-manager.io/v1';
import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import type { Routing } from '../../model/platform';
import { metadata } from '../metadata';
import { certificateSecret, listenerSetOf, ownHosts, type RoutedSpace } from './hosts';

export interface CertificatesProps {
  readonly space: RoutedSpace;
}

/**
 * A certificate for each custom host of a space, one by one: whoever owns one domain and forgets another keeps the first
 * one's certificate.
 */
export class Certificates extends Construct {
  readonly certificates: readonly ApiObject[];

  constructor(scope: Construct, id: string, { space }: CertificatesProps) {
    super(scope, id);
    const { routing } = space.cluster;
    this.certificates = ownHosts(space).map((host, index) => {
      const secretName = certificateSecret(host, space);
      const annotations = challengeAnnotations(space, routing, index);
      const meta = metadata(space, secretName, { wave: 'route', annotations });
      return certificate(this, host, { metadata: meta, secretName, dnsNames: [host], issuer: routing.issuer });
    });
  }
}

export interface CertificateOptions {
  readonly metadata: ApiObjectMetadata;
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  /** A ClusterIssuer. */
  readonly issuer: string;
}

/** A certificate from cert-manager, with a new key for every renewal. */
export function certificate(scope: Construct, id: string, options: CertificateOptions): ApiObject {
  const spec: ICertificateSpec = {
    secretName: options.secretName,
    dnsNames: [...options.dnsNames],
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: options.issuer },
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
  };
  return new ApiObject(scope, id, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: options.metadata,
    spec,
  });
}

// --- internal ---

/**
 * On a Gateway the challenge is a route like any other and has to say where it belongs: to the tenant's own listener for
 * the host, since the Gateway's own listener for plain HTTP takes no tenant's routes (cert-manager 1.20 or newer).
 */
function challengeAnnotations(
  { prefix }: RoutedSpace,
  { kind, challenge }: Routing,
  index: number,
): Record<string, string> {
  if (kind !== 'gateway' || challenge !== 'http01') return {};
  return {
    'acme.cert-manager.io/http01-parentrefkind': 'ListenerSet',
    'acme.cert-manager.io/http01-parentrefname': prefix + listenerSetOf('http', index),
  };
}
