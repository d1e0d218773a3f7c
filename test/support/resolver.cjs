/** The packages of @kubernetes-models and what they import come as ES modules only; swc turns them into CommonJS. */
module.exports = (request, options) => {
  const isModel = request.startsWith('@kubernetes-models/') || options.basedir.includes('@kubernetes-models');
  return options.defaultResolver(request, isModel ? { ...options, conditions: ['import', 'default'] } : options);
};
