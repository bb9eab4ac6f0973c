/** What resolution asks a tracking server, or the files of a local one, about runs and models. */

import type { ArtifactStore } from '../artifacts/artifact-store.ts';

/** A run, as far as its artifacts go. */
export interface TrackedRun {
  readonly artifactUri: string;
  readonly experimentId: string;
}

/** Answers about runs, logged models and registered models. Close it when done. */
export interface TrackingStore {
  /** @throws MODEL_NOT_FOUND */
  getRun(runId: string): Promise<TrackedRun>;
  /** Where the artifacts of the logged model `m-…` stand. @throws MODEL_NOT_FOUND */
  getLoggedModel(modelId: string): Promise<string>;
  /** ID of the model that `runId` logged under `name`; null without one. */
  findLoggedModel(experimentId: string, runId: string, name: string): Promise<string | null>;
  /** @throws MODEL_NOT_FOUND */
  getVersionByAlias(name: string, alias: string): Promise<string>;
  /** The highest version, of those in `stage` if one is given. @throws MODEL_NOT_FOUND */
  getLatestVersion(name: string, stage: string | null): Promise<string>;
  /** Where the artifacts of a version stand. @throws MODEL_NOT_FOUND */
  getDownloadUri(name: string, version: string): Promise<string>;
  /**
   * The folder `below` of a version, where the registry itself gives access to it. Absent where the download URI is
   * all there is.
   */
  openVersion?(name: string, version: string, below: string): Promise<ArtifactStore>;
  close(): void;
}
