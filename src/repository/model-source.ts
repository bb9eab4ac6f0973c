/** Where a model comes from, looked at in intervals to see whether it has changed. */
export interface ModelSource {
  /**
   * Fingerprint of what is there now: any text that is another one when the model has changed. The model is then
   * opened anew by its URI.
   *
   * @throws any error while it cannot be told; what is served goes on, and the next look may tell
   */
  currentVersion(signal: AbortSignal): Promise<string>;
  /**
   * True where a look may fall into the middle of a change, as with files that are being copied: it counts once two looks
   * in a row have seen the same.
   */
  readonly settles: boolean;
}
