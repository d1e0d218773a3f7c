/** The packages of @kubernetes-models and what they import come as ES modules only; swc turns them into CommonJS. */
const MODELS = /(^|\/node_modules\/)@?kubernetes-models(\/|$)/;

module.exports = (request, options) =>
  options.defaultResolver(
    request,
    MODELS.test(request) || MODELS.test(options.basedir) ? { ...options, conditions: ['import', 'default'] } : options,
  );
