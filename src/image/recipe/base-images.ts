/** Public images that are built upon where the user names none. */

/** Node that Slipway runs on in images: an LTS release, on a small Debian. */
export const nodeImage = 'node:22-slim';

/** Folder of Node in the distroless images, which don't have it on their PATH. */
export const distrolessNodeFolder = '/nodejs/bin';
