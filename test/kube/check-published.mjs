/** Reads objects as JSON and writes what their published schemas say of each: null, or what is wrong with it. */
const GROUPS = {
  'cert-manager.io': 'cert-manager',
  'external-secrets.io': 'external-secrets',
  'gateway.envoyproxy.io': 'envoy-gateway',
  'gateway.networking.k8s.io': 'gateway-api',
  'monitoring.coreos.com': 'prometheus-operator',
  'traefik.io': 'traefik',
};

async function problem({ apiVersion, kind, ...rest }) {
  const [group] = apiVersion.split('/');
  const module = await import(`@kubernetes-models/${GROUPS[group]}/${apiVersion}/${kind}`);
  try {
    new module[kind]({ apiVersion, kind, ...rest }).validate();
    return null;
  } catch (error) {
    return error.message;
  }
}

let input = '';
for await (const chunk of process.stdin) input += chunk;
const problems = [];
for (const object of JSON.parse(input)) problems.push(await problem(object));
process.stdout.write(JSON.stringify(problems));
