export interface Topic {
  readonly name: string
  readonly titles: readonly string[]
  readonly sentences: readonly string[]
}

/** What the demo's support notes are about. `{…}` is filled in by documents.ts. */
export const topics: readonly Topic[] = [
  {
    name: 'payments',
    titles: [
      'Card declined at checkout',
      'Payment failed with 3-D Secure',
      'Charged twice for {plan}',
      'Card expired on {plan}',
    ],
    sentences: [
      'The card was declined at checkout although the bank shows enough funds.',
      'The 3-D Secure page never came back, so the payment stayed pending.',
      'The invoice for {plan} was charged twice on the same day.',
      'We asked the payment provider to release the pending authorization.',
      'The customer added a new card and the payment went through.',
      'The issuer in {city} blocks recurring card payments from abroad.',
    ],
  },
  {
    name: 'refunds',
    titles: [
      'Refund for {plan} not received',
      'Asks for money back',
      'Partial refund after downgrade',
      'Chargeback opened',
    ],
    sentences: [
      'The refund was issued but has not reached the bank account.',
      'They want their money back for the unused months of {plan}.',
      'A chargeback was opened before our refund arrived.',
      'Refunds to cards take five to ten working days.',
      'Finance approved the refund and credited the difference.',
    ],
  },
  {
    name: 'login',
    titles: [
      'Cannot log in after password reset',
      'Two-factor code rejected',
      'Locked out of the account',
      'Single sign-on loop',
    ],
    sentences: [
      'After the password reset the login page says the credentials are wrong.',
      'The two-factor code from the authenticator app is rejected.',
      'The clock of the phone was four minutes off, which broke the codes.',
      'Single sign-on sends the browser in a loop between both login pages.',
      'We unlocked the account and signed out all other sessions.',
    ],
  },
  {
    name: 'delivery',
    titles: ['Parcel lost on the way to {city}', 'Delivery late', 'Wrong address on the parcel', 'Tracking stuck'],
    sentences: [
      'The parcel was handed to the courier but never arrived in {city}.',
      'Tracking has shown the same depot for six days.',
      'The delivery went to the old address although the new one was saved.',
      'The courier confirmed the loss and we sent a replacement.',
      'Customs in {city} asked for an invoice before releasing the shipment.',
    ],
  },
  {
    name: 'performance',
    titles: ['Dashboard slow since the update', 'Search times out', 'Export takes hours', 'API latency in {city}'],
    sentences: [
      'The dashboard takes twenty seconds to load since the last update.',
      'Search requests time out when the filter covers more than a year.',
      'An index on the events table was missing, so queries scanned everything.',
      'Latency of the API doubled for clients near {city}.',
      'Raising the connection pool brought response times back to normal.',
    ],
  },
  {
    name: 'privacy',
    titles: ['Request to erase personal data', 'Access request under GDPR', 'Who read my data?', 'Consent withdrawn'],
    sentences: [
      'They ask for the erasure of all personal data under article 17.',
      'The subject access request must be answered within a month.',
      'They want to know who read their personal record in {month}.',
      'Consent to marketing was withdrawn and the profile anonymized.',
      'Legal asked for proof that the data was erased from backups.',
    ],
  },
  {
    name: 'cancellation',
    titles: [
      'Wants to cancel {plan}',
      'Cancel before renewal',
      'Downgrade from {plan}',
      'Subscription renewed by mistake',
    ],
    sentences: [
      'They want to cancel the subscription to {plan} before it renews.',
      'The subscription renewed although it was cancelled in {month}.',
      'The cancel button is hidden behind the retention offer.',
      'We offered a pause of three months instead of the cancellation.',
      'The downgrade takes effect at the end of the billing period.',
    ],
  },
  {
    name: 'integrations',
    titles: ['Webhook not delivered', 'Salesforce sync stopped', 'API key rejected', 'CSV import fails'],
    sentences: [
      'Webhooks have not been delivered since the endpoint changed its certificate.',
      'The sync with the CRM stopped after a field was renamed.',
      'The API key is rejected although it was created today.',
      'The CSV import fails on rows with accents in the name.',
      'Replaying the failed webhooks filled the gap.',
    ],
  },
]

/** How a note begins, whatever it is about. */
export const openings: readonly string[] = [
  'Reported by phone from {city} in {month}.',
  'Came in by chat, {device}, plan {plan}.',
  'E-mail from {month}, answered the same day.',
  'Escalated in {month} by the {city} office.',
  'Seen on {device} in {city}.',
]

export const fillings: Readonly<Record<string, readonly string[]>> = {
  plan: ['Starter', 'Team', 'Business', 'Enterprise'],
  city: ['Lisbon', 'Oslo', 'Kraków', 'Lyon', 'Toronto', 'Austin', 'Osaka', 'Accra', 'Pune', 'Lima'],
  device: ['Android', 'iPhone', 'Firefox on Linux', 'Chrome on Windows', 'Safari on a Mac', 'the kiosk'],
  month: ['January', 'March', 'May', 'July', 'September', 'November'],
}
