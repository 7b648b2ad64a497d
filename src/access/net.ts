/** Addresses without sockets: the two things of node:net that open nothing. */
// oxlint-disable-next-line no-restricted-imports
export { BlockList, isIP } from 'node:net';
