export { ClusterPlatform, type ClusterPlatformProps } from './cluster-platform';
export { objectsOf } from './manifests';
export { Registration, type RegistrationProps } from './registration';
export { SpaceParts, type SpaceProps } from './space';
export { Tenant } from './tenant';
