/** The API reference: a list of the operations, and each of them. */
import { useState } from 'preact/hooks'
import icon from '../shared/icon.svg'
import { type OpenApi, readOperations } from './document'
import { OperationView } from './operation'
import { Text } from './text'
import { Token } from './token'

interface AppProps {
  readonly document: OpenApi
}

function Navigation({ document }: AppProps) {
  const operations = readOperations(document)
  return (
    <nav aria-label="Operations">
      {document.tags.map(({ name }) => (
        <details key={name} open={matchMedia('(min-width: 60rem)').matches}>
          <summary>{name}</summary>
          <ul>
            {operations
              .filter(({ tag }) => tag === name)
              .map(({ id, summary }) => (
                <li key={id}>
                  <a href={`#${id}`}>{summary}</a>
                </li>
              ))}
          </ul>
        </details>
      ))}
    </nav>
  )
}

export function App({ document }: AppProps) {
  const [token, setToken] = useState('')
  const operations = readOperations(document)
  const { title, version, description } = document.info
  return (
    <>
      <header class="masthead">
        <h1 class="brand">
          <img src={icon} alt="" width="28" height="28" />
          {title} <span>API {version}</span>
        </h1>
        <div class="row">
          <a href="/guides/quick-start">Guides</a>
          <a href="/openapi.json">openapi.json</a>
        </div>
      </header>
      <div class="layout">
        <Navigation document={document} />
        <main>
          <div class="panel">
            <Text text={description} />
          </div>
          <Token token={token} onToken={setToken} />
          {document.tags.map((tag) => (
            <section key={tag.name} class="tag" aria-labelledby={`tag-${tag.name}`}>
              <h2 id={`tag-${tag.name}`}>{tag.name}</h2>
              <p class="note">{tag.description}</p>
              {operations
                .filter((operation) => operation.tag === tag.name)
                .map((operation) => (
                  <OperationView
                    key={operation.id}
                    document={document}
                    operation={operation}
                    token={token}
                  />
                ))}
            </section>
          ))}
        </main>
      </div>
    </>
  )
}
