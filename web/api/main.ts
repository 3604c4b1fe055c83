/** The API reference: Swagger UI with the service's document. */
import bundleUrl from 'swagger-ui-dist/swagger-ui-bundle.js?url'
import 'swagger-ui-dist/swagger-ui.css'
import './reference.css'

declare global {
  function SwaggerUIBundle(options: object): unknown
}

/** Swagger UI is a classic script, not a module. */
const script = document.createElement('script')
script.src = bundleUrl
script.addEventListener('load', () =>
  SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#reference',
    deepLinking: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
  }),
)
document.head.append(script)
