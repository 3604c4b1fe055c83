/** E-mails that the simulated provider has accepted, in the simulator's tables. */
import type { Run } from './database'

export interface SimulatedMail {
  readonly id: number
  /** The sender's key, by which the provider recognises a repeat. */
  readonly key: string
  readonly recipient: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly receivedAtMs: number
}

export interface MailStore {
  /** Stores an e-mail, unless its key is known. @returns the stored one */
  acceptMail(mail: Omit<SimulatedMail, 'id'>): Promise<SimulatedMail>
  mail(id: number): Promise<SimulatedMail | undefined>
  /** Newest first. @param recipient in any letter case; `null` for all */
  mails(recipient: string | null, limit: number): Promise<SimulatedMail[]>
}

const SELECT = 'SELECT id, key, recipient, subject, text, html, receivedAtMs FROM simulator_mails'

export const createMailStore = (run: Run): MailStore => ({
  async acceptMail({ key, recipient, subject, text, html, receivedAtMs }) {
    await run(
      `INSERT INTO simulator_mails (key, recipient, subject, text, html, receivedAtMs)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
      key,
      recipient,
      subject,
      text,
      html,
      receivedAtMs,
    )
    const [stored] = (await run<SimulatedMail>(`${SELECT} WHERE key = ?`, key)).results
    if (!stored) throw new Error('the e-mail was not stored')
    return stored
  },
  async mail(id) {
    return (await run<SimulatedMail>(`${SELECT} WHERE id = ?`, id)).results[0]
  },
  async mails(recipient, limit) {
    const { results } = await run<SimulatedMail>(
      `${SELECT} WHERE ?1 IS NULL OR recipient = ?1 COLLATE NOCASE
        ORDER BY id DESC LIMIT ?2`,
      recipient,
      limit,
    )
    return results
  },
})
