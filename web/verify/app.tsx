/** Field for the file, and the result of its verification. The file never leaves the browser. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { PublicKeys } from '../../src/receipts/core/jws'
import { summaryOf } from '../../src/receipts/core/summary'
import { MAX_FILE_BYTES, type Verified, verifyFile } from '../../src/receipts/core/verify'
import { Button } from '../shared/button'
import icon from '../shared/icon.svg'

interface AppProps {
  readonly loadKeys: () => Promise<PublicKeys>
}

type Keys = PublicKeys | 'loading' | 'missing'

interface Outcome {
  readonly fileName: string
  readonly verified: Verified
}

const unverified = (finding: string): Verified => ({
  isGenuine: false,
  isUnreadable: true,
  findings: [finding],
})

async function verify(file: File, keys: PublicKeys): Promise<Verified> {
  if (file.size > MAX_FILE_BYTES)
    return unverified('The file is too large. At most 64 MiB can be verified.')
  try {
    return await verifyFile(await file.text(), keys)
  } catch {
    return unverified(
      'This browser cannot verify Ed25519 signatures. Use a current version of Chrome, Firefox or Safari.',
    )
  }
}

const titleOf = (verified: Verified): string => {
  if (verified.isGenuine) return 'Genuine'
  return verified.isUnreadable ? 'Not verified' : 'Not genuine'
}

function Facts({ verified }: { readonly verified: Verified & { isGenuine: true } }) {
  return (
    <>
      <p>Nothing was altered since the service signed it.</p>
      <dl class="facts">
        {summaryOf(verified.content, verified.holder).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Result({ outcome }: { readonly outcome: Outcome | undefined }) {
  const { verified, fileName } = outcome ?? {}
  return (
    <div role="status">
      {verified && (
        <section class={`verdict ${verified.isGenuine ? 'good' : 'bad'}`}>
          <h2>{titleOf(verified)}</h2>
          <p class="note">{fileName}</p>
          {verified.isGenuine ? (
            <Facts verified={verified} />
          ) : (
            <ul>
              {verified.findings.map((finding) => (
                <li key={finding}>{finding}</li>
              ))}
            </ul>
          )}
        </section>
      )}
    </div>
  )
}

export function App({ loadKeys }: AppProps) {
  const [keys, setKeys] = useState<Keys>('loading')
  const [outcome, setOutcome] = useState<Outcome>()
  const load = useCallback(async () => {
    setKeys('loading')
    setKeys(await loadKeys().catch(() => 'missing' as const))
  }, [loadKeys])
  useEffect(() => {
    void load()
  }, [load])
  const choose = async (input: HTMLInputElement) => {
    const [file] = input.files ?? []
    if (!file || typeof keys === 'string') return
    setOutcome(undefined)
    setOutcome({ fileName: file.name, verified: await verify(file, keys) })
    /** The same file can be chosen again after a change. */
    input.value = ''
  }
  return (
    <main class="door verify">
      <img src={icon} alt="" width="48" height="48" />
      <h1>Verify a receipt</h1>
      <p>
        Choose the file of a receipt or signed statement. It is verified in this browser and sent
        nowhere.
      </p>
      {keys === 'missing' ? (
        <>
          <p class="problem" role="alert">
            <strong>The public keys cannot be loaded.</strong> Check the connection, then retry.
          </p>
          <Button kind="primary" onClick={() => void load()}>
            Retry
          </Button>
        </>
      ) : (
        <label class="stack">
          Receipt or statement
          <input
            type="file"
            accept=".json,application/json"
            disabled={keys === 'loading'}
            onChange={(event) => void choose(event.currentTarget)}
          />
        </label>
      )}
      <Result outcome={outcome} />
    </main>
  )
}
