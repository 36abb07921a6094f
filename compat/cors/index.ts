/**
 * `bustapi/cors`: Flask-CORS for BustAPI apps and blueprints. `CORS(app, options)` covers an app or
 * the paths of `resources`; `crossOrigin(options)` covers one view. Options, `CORS_*` settings and
 * the headers of the answers are those of Flask-CORS 6.
 *
 * @module
 */
export { type CrossOriginDecorator, crossOrigin } from './decorator.ts'
export { CORS, type CORSClass, type CorsExtension, type CorsHost } from './extension.ts'
export type { FastifyLike, FastifyPlugin } from './fastify.ts'
export type {
  CorsAppOptions,
  CorsOptions,
  CorsPattern,
  CorsResources,
  OneOrMany,
} from './options.ts'
