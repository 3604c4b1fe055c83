/** The texts of all messages in French. Pure. */
import { writeDate } from '../../common/text/locale'
import { nairaIn, type Wording } from './format'

const naira = nairaIn('fr')

const NOT_YOU =
  'Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe et contactez l’assistance.'

const WALLETS: Readonly<Record<string, string>> = {
  primary: 'principal',
  call_credits: 'crédit d’appel',
}

const walletName = (wallet = ''): string => WALLETS[wallet] ?? wallet

const REASONS: Readonly<Record<string, string>> = {
  declined: 'La banque a refusé le paiement.',
  cancelled_by_customer: 'Le paiement a été annulé sur la page de paiement.',
  abandoned_by_customer: 'Vous avez quitté la page de paiement avant de payer.',
  checkout_expired: 'Nous n’avons rien reçu pendant que la page de paiement était ouverte.',
}

const LATE_MONEY =
  'Si votre banque a débité votre compte, la somme sera créditée à son arrivée, ou votre banque vous la rendra.'

const referenceLine = (reference = ''): string => `Référence : ${reference}`

const DISABLED: Readonly<Record<string, string>> = {
  gone: 'Son serveur a répondu qu’il n’existe plus (statut 410).',
  failing: 'Son serveur n’a accepté aucun événement depuis cinq jours.',
  key_revoked: 'La clé d’API qui l’avait créé a été révoquée.',
}

const TEXTS: Wording['texts'] = {
  verify_email: () => ({
    subject: 'Confirmez votre adresse e-mail',
    paragraphs: [
      'Confirmez que cette adresse est la vôtre, afin de pouvoir récupérer votre compte si vous perdez votre mot de passe.',
      'Le lien est valable 24 heures. Si vous n’avez pas créé de compte, ignorez ce message.',
    ],
    action: 'Confirmer cette adresse',
  }),
  reset_password: () => ({
    subject: 'Choisissez un nouveau mot de passe',
    paragraphs: [
      'Quelqu’un a demandé un nouveau mot de passe pour votre compte. Utilisez ce lien pour le choisir.',
      'Le lien fonctionne une seule fois, pendant 30 minutes. Si vous ne l’avez pas demandé, ignorez ce message : votre mot de passe reste le même.',
    ],
    action: 'Choisir un nouveau mot de passe',
  }),
  confirm_email: () => ({
    subject: 'Confirmez votre nouvelle adresse e-mail',
    paragraphs: [
      'Confirmez que cette adresse est la vôtre. Votre compte l’utilisera ensuite.',
      'Le lien est valable 24 heures. Si vous ne l’avez pas demandé, ignorez ce message.',
    ],
    action: 'Utiliser cette adresse',
  }),
  email_in_use: () => ({
    subject: 'Vous avez déjà un compte avec cette adresse',
    paragraphs: [
      'Quelqu’un a demandé de rattacher un autre compte à cette adresse. Un compte l’utilise déjà, rien n’a donc changé.',
      'Si c’était vous, connectez-vous avec cette adresse. Sinon, ignorez ce message.',
    ],
  }),
  email_changed: ({ to }) => ({
    subject: 'L’adresse e-mail de votre compte a changé',
    paragraphs: [
      `Votre compte utilise désormais ${to} et y envoie ses messages.`,
      'Si ce n’était pas vous, annulez le changement dans les 72 heures. Cela met aussi fin à toutes les sessions.',
    ],
    action: 'Annuler le changement',
  }),
  password_changed: () => ({
    subject: 'Votre mot de passe a changé',
    paragraphs: ['Votre mot de passe a changé, et vos autres sessions ont pris fin.', NOT_YOU],
  }),
  password_reset: () => ({
    subject: 'Votre mot de passe a été réinitialisé',
    paragraphs: [
      'Votre mot de passe a été réinitialisé par un lien envoyé à cette adresse. Toutes les sessions ont pris fin, et les remboursements seront de nouveau possibles dans 24 heures.',
      NOT_YOU,
    ],
  }),
  passkey_added: ({ name }) => ({
    subject: 'Une clé d’accès a été ajoutée à votre compte',
    paragraphs: [
      `Vous pouvez désormais vous connecter et confirmer des remboursements avec la clé d’accès « ${name} ».`,
      NOT_YOU,
    ],
  }),
  passkey_removed: ({ name }) => ({
    subject: 'Une clé d’accès a été supprimée de votre compte',
    paragraphs: [`Vous ne pouvez plus vous connecter avec la clé d’accès « ${name} ».`, NOT_YOU],
  }),
  passkeys_removed: () => ({
    subject: 'Les clés d’accès de votre compte ont été supprimées',
    paragraphs: [
      'Notre assistance a supprimé toutes les clés d’accès et tous les codes de secours de votre compte. Toutes les sessions ont pris fin, et les remboursements seront de nouveau possibles dans 24 heures.',
      NOT_YOU,
    ],
  }),
  recovery_code_used: () => ({
    subject: 'Un code de secours de votre compte a été utilisé',
    paragraphs: [
      'Votre identité a été confirmée par votre mot de passe et un code de secours.',
      NOT_YOU,
    ],
  }),
  deletion_requested: ({ eraseAtMs }, locale) => ({
    subject: 'Votre compte sera supprimé',
    paragraphs: [
      `Votre compte et vos données personnelles seront supprimés le ${writeDate(Number(eraseAtMs), locale)}. D’ici là, vous pouvez vous connecter et annuler la suppression.`,
      NOT_YOU,
    ],
  }),
  deletion_cancelled: () => ({
    subject: 'Votre compte ne sera pas supprimé',
    paragraphs: ['La suppression de votre compte a été annulée. Rien n’a été supprimé.', NOT_YOU],
  }),
  new_device: ({ device, place }) => ({
    subject: 'Nouvelle connexion à votre compte',
    paragraphs: [
      `Quelqu’un s’est connecté à votre compte avec un autre appareil : ${device}${place ? `, ${place}` : ''}.`,
      NOT_YOU,
    ],
  }),
  low_credit: ({ left }) => ({
    subject: 'Votre crédit d’appel est faible',
    paragraphs: [
      `Il reste ${naira(left)} dans votre portefeuille d’appels. Rechargez-le avant votre prochain appel, pour qu’il ne soit pas coupé.`,
    ],
  }),
  payment_completed: ({ paid, wallet, reference }) => ({
    subject: `Nous avons reçu ${naira(paid)}`,
    paragraphs: [
      `${naira(paid)} sont arrivés dans votre portefeuille (${walletName(wallet)}).`,
      referenceLine(reference),
    ],
  }),
  payment_partly_paid: ({ paid, amount, wallet, reference }) => ({
    subject: `Nous avons reçu ${naira(paid)} sur ${naira(amount)}`,
    paragraphs: [
      `${naira(paid)} sont arrivés dans votre portefeuille (${walletName(wallet)}). Le reste de ${naira(amount)} n’est pas arrivé.`,
      referenceLine(reference),
    ],
  }),
  payment_failed: ({ amount, reason, reference }) => ({
    subject: `Votre paiement de ${naira(amount)} n’a pas abouti`,
    paragraphs: [
      `${REASONS[reason ?? ''] ?? 'Le paiement n’a pas pu aboutir.'} Rien n’a été crédité.`,
      LATE_MONEY,
      referenceLine(reference),
    ],
  }),
  payment_reversed: ({ amount, reference }) => ({
    subject: `Votre paiement de ${naira(amount)} a été annulé`,
    paragraphs: [
      'La banque ou le prestataire de paiement a annulé ce paiement ; le montant crédité a donc été retiré de votre portefeuille.',
      referenceLine(reference),
    ],
  }),
  refund_completed: ({ amount, reference }) => ({
    subject: `Votre remboursement de ${naira(amount)} a été versé`,
    paragraphs: [
      `${naira(amount)} ont été renvoyés sur le compte qui a payé. Votre banque peut mettre quelques jours à les afficher.`,
      referenceLine(reference),
    ],
  }),
  refund_failed: ({ amount, reference }) => ({
    subject: `Votre remboursement de ${naira(amount)} a échoué`,
    paragraphs: [
      `${naira(amount)} n’ont pas pu être remboursés. L’argent est de nouveau dans votre portefeuille.`,
      referenceLine(reference),
    ],
  }),
  endpoint_disabled: ({ host, reason, endpoint }) => ({
    subject: `Votre point de réception sur ${host} a été désactivé`,
    paragraphs: [
      `Votre point de réception sur ${host} ne reçoit plus d’événements. ${DISABLED[reason ?? ''] ?? ''}`.trimEnd(),
      reason === 'key_revoked'
        ? 'Votre flux conserve chaque événement pendant 30 jours. Créez un autre point de réception pour les recevoir.'
        : 'Votre flux conserve chaque événement pendant 30 jours. Réactivez le point de réception, et il recevra ceux qu’il a manqués.',
      `Point de réception : ${endpoint}`,
    ],
  }),
}

export const FRENCH: Wording = {
  greeting: (name) => (name === null ? 'Bonjour,' : `Bonjour ${name},`),
  texts: TEXTS,
}
