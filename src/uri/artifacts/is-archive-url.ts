/** Does the address name an archive? */
export function isArchiveUrl(url: URL): boolean {
  return /\.(tar\.gz|tgz|tar|zip)$/i.test(url.pathname);
}
