/**
 * Replaces the package that generates the OpenAPI document, by an alias in wrangler.toml. The document is an asset, so
 * the Worker needs only the registry of routes and schemas.
 */
export {
  extendZodWithOpenApi,
  getOpenApiMetadata,
  OpenAPIRegistry,
} from '@asteasolutions/zod-to-openapi/dist/index.mjs'

function NoGenerator() {
  throw new Error('the generator of the OpenAPI document is not part of this bundle')
}

export { NoGenerator as OpenApiGeneratorV3, NoGenerator as OpenApiGeneratorV31 }
