/** One operation: its parameters, body, responses and problems, each folded until it is needed. */
import { useState } from 'preact/hooks'
import { Fields, Parameters } from './fields'
import type { Operation, OpenApi, Result } from './document'
import { Text } from './text'
import { TryIt } from './try-it'

interface OperationProps {
  readonly document: OpenApi
  readonly operation: Operation
  readonly token: string
}

const Example = ({ value }: { readonly value: unknown }) => (
  <figure>
    <figcaption>Example</figcaption>
    <pre>
      <code>{typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)}</code>
    </pre>
  </figure>
)

function Success({ document, result }: { readonly document: OpenApi; readonly result: Result }) {
  const { status, description, headers, schema, example } = result
  return (
    <details class="fold">
      <summary>
        <strong class="good">{status}</strong> {description}
      </summary>
      {headers.length > 0 && <p class="note">Headers: {headers.join(', ')}</p>}
      {example !== undefined && <Example value={example} />}
      {schema && <Fields document={document} schema={schema} />}
    </details>
  )
}

const Failures = ({ failures }: Pick<Operation, 'failures'>) => (
  <details class="fold">
    <summary>
      <strong class="bad">4xx and 5xx</strong> {failures.length} problems
    </summary>
    <ul class="failures">
      {failures.map(({ status, code, title }) => (
        <li key={code}>
          {status} <a href={`/problems/${code}`}>{code}</a> <span class="note">{title}</span>
        </li>
      ))}
    </ul>
  </details>
)

/** The form is created when it is opened for the first time, and then keeps what was entered. */
function Trial({ operation, token }: Omit<OperationProps, 'document'>) {
  const [wasOpened, setOpened] = useState(false)
  return (
    <details class="fold" onToggle={() => setOpened(true)}>
      <summary>
        <strong>Try it</strong>
      </summary>
      {wasOpened && <TryIt operation={operation} token={token} />}
    </details>
  )
}

export function OperationView({ document, operation, token }: OperationProps) {
  const { id, method, path, summary, description, needsToken, parameters, body } = operation
  return (
    <section class="panel operation" aria-labelledby={id}>
      <h3 id={id}>
        <a href={`#${id}`}>{summary}</a>
      </h3>
      <p class="route">
        <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
        {needsToken && <span class="note">needs a token</span>}
      </p>
      <Text text={description} />
      {parameters.length > 0 && (
        <details class="fold">
          <summary>
            <strong>Parameters</strong> {parameters.map(({ name }) => name).join(', ')}
          </summary>
          <Parameters parameters={parameters} />
        </details>
      )}
      {body && (
        <details class="fold">
          <summary>
            <strong>Body</strong>
          </summary>
          <Example value={body.example} />
          <Fields document={document} schema={body.schema} />
        </details>
      )}
      {operation.results.map((result) => (
        <Success key={result.status} document={document} result={result} />
      ))}
      <Failures failures={operation.failures} />
      {!path.startsWith('/signaling') && !path.endsWith('/events') && (
        <Trial operation={operation} token={token} />
      )}
    </section>
  )
}
