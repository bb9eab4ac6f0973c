/** MLflow's flavor backend interface, as Slipway offers it. Source: mlflow.models.flavor_backend 3.17.2. */
import type { Readable, Writable } from 'node:stream';
import type { ConnectionLimits, DoorOptions } from './server-options.ts';
import type { BuildImageOptions, BuiltImage } from './build-image.ts';
import type { Platform } from './image-recipe.ts';
import type { ObserveOptions } from './observe-options.ts';

/** Options of {@link FlavorBackend.predict}. */
export interface PredictOptions {
  /** File to read; stdin when absent. */
  readonly inputPath?: string;
  /** File to write, complete or not at all; stdout when absent. */
  readonly outputPath?: string;
  /** Default: `json`. */
  readonly contentType?: 'json' | 'csv';
  /** Streams to use in place of the process's own. */
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly signal?: AbortSignal;
}

/** How long requests may take, how many may wait, and whether waiting ones are put into one call. */
export interface ScoringLimits {
  /** Limit of one request, queue and compute, in seconds. Default: 60; 0 means the default. */
  readonly timeoutSeconds?: number;
  /** Requests that may wait for a worker; further ones are refused with 503. Default: 1,000. */
  readonly maxQueue?: number;
  /** Put waiting requests into one call, where rows are scored independently. Default: true. */
  readonly batching?: boolean;
  /** Most rows of one such call. Default: 10,000. */
  readonly batchMaxRows?: number;
  /** How long a request may wait for others though a worker is free, in milliseconds. Default: 0. */
  readonly batchMaxWaitMs?: number;
}

/** How the models of a server come and go. */
export interface ModelLifecycle {
  /** Score the input example of a model before it answers requests. Default: true. */
  readonly warmUp?: boolean;
  /** Look in this interval, in seconds, whether a model has changed, and load it beside the old one. Default: never. */
  readonly watchSeconds?: number;
  /** Seconds from the word to stop, when the server is no longer ready, until it takes no more connections. Default: 0. */
  readonly drainDelaySeconds?: number;
  /** Most seconds that requests in flight have after that. Default: 30. */
  readonly shutdownTimeoutSeconds?: number;
}

/** Many models behind one port. */
export interface ManyModels {
  /** Folder whose sub-folders are the models, in place of the one that is given. */
  readonly models?: string;
  /** Which of them answers requests that name none. Default: the only one. */
  readonly defaultModel?: string;
  /** `none`: all are loaded at the start; `explicit`: {@link loadModels} only. Default: `none`. */
  readonly modelControl?: 'none' | 'explicit';
  /** Names of those that are loaded at the start. */
  readonly loadModels?: readonly string[];
  /** Not ready while a model could not be loaded. Default: true. */
  readonly strictReadiness?: boolean;
}

/** Options of {@link FlavorBackend.serve}. */
export interface ServeOptions
  extends ScoringLimits, ConnectionLimits, DoorOptions, ObserveOptions, ModelLifecycle, ManyModels {
  /** 0 takes a free port. */
  readonly port: number;
  /** Default: `localhost`. */
  readonly host?: string;
  /** Also open the port of gRPC, 8081 unless {@link grpcPort} says another, and add MLServer's names to the metrics. Default: false. */
  readonly enableMlserver?: boolean;
  /** Port of the Open Inference Protocol over gRPC; 0 takes a free one. Default: none is opened. */
  readonly grpcPort?: number;
  /** Name under `/v2/models`. Default: that of the registered model, else `mlflow-model`. */
  readonly modelName?: string;
  /** Version there. Default: that of the registered model, else the run, else the model's UUID. */
  readonly modelVersion?: string;
  /**
   * Default true: serve in this process and resolve when the server has stopped.
   * False: resolve at once with the handle of a child process.
   */
  readonly synchronous?: boolean;
  /** Where the child's stdout goes (asynchronous only). Default: `inherit`. */
  readonly stdout?: ChildOutput;
  readonly stderr?: ChildOutput;
}

/** Destination of a child's output: as `stdio` of `child_process.spawn`. */
export type ChildOutput = 'inherit' | 'ignore' | 'pipe' | number;

/** Address of a running server. */
export interface ServerAddress {
  /** Path of the unix socket, where it listens on one; host and port say nothing then. */
  readonly unixSocket?: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Port of gRPC, where it is open. */
  readonly grpcPort?: number;
}

/** A server in a child process. It ends when its parent does. */
export interface ServerHandle {
  readonly pid: number;
  /** Resolves when the port answers; rejects when the child ends first. */
  readonly ready: Promise<ServerAddress>;
  /** What the child prints, where {@link ServeOptions.stdout} is `pipe`; else null. */
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Resolves with the exit code (128 + signal number when a signal ended it). */
  wait(): Promise<number>;
  /** SIGTERM; resolves when it has ended. */
  terminate(): Promise<number>;
}

/** Options of {@link FlavorBackend.prepareEnv}. */
export interface PrepareEnvOptions {
  /** Default: false. */
  readonly captureOutput?: boolean;
}

/** Options of {@link FlavorBackend.buildImage} and {@link FlavorBackend.generateDockerfile}. */
export interface ImageOptions {
  /** Default: false. */
  readonly installJava?: boolean;
  /** Default: false. */
  readonly installMlflow?: boolean;
  readonly mlflowHome?: string;
  /** Default: false. */
  readonly enableMlserver?: boolean;
  readonly baseImage?: string;
  /** Default: the Linux of this machine's processor. */
  readonly platforms?: readonly Platform[];
}

/** The seven methods. Obtained with `getFlavorBackend(modelUri)`. */
export interface FlavorBackend {
  /** Scores a file or stdin. @throws any code of the payload, schema and flavor lists */
  predict(modelUri: string, options?: PredictOptions): Promise<void>;
  /**
   * Starts the scoring server. Synchronous: resolves with the exit code when it has stopped;
   * else with a handle, at once.
   */
  serve(
    modelUri: string,
    options: ServeOptions & { readonly synchronous: false },
  ): Promise<ServerHandle>;
  serve(modelUri: string, options: ServeOptions): Promise<number | ServerHandle>;
  /** Makes predict and serve fast. @throws CAPABILITY_UNAVAILABLE */
  prepareEnv(modelUri: string, options?: PrepareEnvOptions): Promise<void>;
  /**
   * Builds an image that serves the model, and puts it into a registry, a daemon, a folder or a file.
   * @throws IMAGE_NAME_INVALID, IMAGE_BUILD_FAILED, BUILDER_UNAVAILABLE, REGISTRY_FAILED, REGISTRY_ACCESS_DENIED
   */
  buildImage(modelUri: string, imageName: string, options?: BuildImageOptions): Promise<BuiltImage>;
  /** Writes a directory with a Dockerfile. @throws CAPABILITY_UNAVAILABLE */
  generateDockerfile(modelUri: string, outputDir: string, options?: ImageOptions): Promise<void>;
  /** Can the chosen runtime score the model here? */
  canScoreModel(): Promise<boolean>;
  /** Can an image be built here: by our own builder, or by one that runs steps where the model needs them? */
  canBuildImage(): Promise<boolean>;
}
