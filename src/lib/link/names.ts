/** What an agent and a gateway ask each other for, by HTTP/2's extended CONNECT (RFC 8441) or HTTP/1.1's Upgrade. */

/** Opens a link: the first stream of an HTTP/2 connection, open as long as that is. */
export const linkPath = '/v1/link'
export const linkProtocol = 'hoop-link/1'

/** One PostgreSQL connection: nothing of ours in it behind the answer's headers. */
export const streamPath = '/v1/tunnel'
export const streamProtocol = 'hoop-pg/1'

/** In the request of a stream: that it may outlive its link, or which one is to go on. In the answer: see resumption.ts. */
export const resumeHeader = 'hoop-resume'
/** In the answer to a link: milliseconds without a word after which the gateway counts it as broken. */
export const silenceHeader = 'hoop-link-silence'
/** In the request of a stream, `retry`: refuse rather than let a statement wait for an approval. */
export const approvalHeader = 'hoop-approval'
