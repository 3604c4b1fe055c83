/** Host names of this machine (RFC 6761 section 6.3, RFC 5735 section 3, RFC 4291 section 2.5.3). */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** @param hostname as in `URL.hostname` */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK_HOST.test(hostname)
