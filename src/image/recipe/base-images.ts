/** Public images that are built upon or copied from where the user names none. */

/** Node that Slipway runs on in images: an LTS release, on a small Debian. */
export const nodeImage = 'node:22-slim';

/** Where {@link nodeImage} has Node. */
export const nodeFile = '/usr/local/bin/node';

/** Folder of Node in the distroless images, which don't have it on their PATH. */
export const distrolessNodeFolder = '/nodejs/bin';

/** Python for models that name none, and for images without a model. */
export const defaultPython = '3.12';

/** The official Python, without compilers. */
export function pythonImage(version: string): string {
  return `python:${version}-slim`;
}

/** conda with the channel conda-forge alone, which has no terms of its own. */
export const condaImage = 'condaforge/miniforge3:24.11.3-2';

/** Has uv, which brings a Python into bases that have none. */
export const uvImage = 'ghcr.io/astral-sh/uv:0.8.22';
