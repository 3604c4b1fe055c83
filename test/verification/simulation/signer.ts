/** Signs without threads, which would finish in any order. Ed25519 gives the same signature as the service's own. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { keyIdOf, signingInput } from '../../../src/receipts/core/jws'
import { pkcs8Of } from '../../../src/receipts/core/keys'
import { createSigner, type Signer } from '../../../src/receipts/sign'

const SEED = new Uint8Array(32).fill(7)

export function simulatedSigner(): Signer {
  const der = Buffer.from(pkcs8Of(SEED))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return {
    ...createSigner(SEED, []),
    async sign(payload) {
      const keyId = keyIdOf(x)
      const bytes = Buffer.from(signingInput(keyId, payload))
      return { keyId, signature: sign(null, bytes, key).toString('base64url') }
    },
  }
}
