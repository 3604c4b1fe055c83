/** The API reference: Swagger UI over the service's own document. */
import bundleUrl from 'swagger-ui-dist/swagger-ui-bundle.js?url'
import 'swagger-ui-dist/swagger-ui.css'
import './reference.css'

declare global {
  function SwaggerUIBundle(options: object): unknown
}

/** It is a classic script, served as it is. */
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
