/** What an image that serves a model is made of, as data. A Dockerfile and the writer of layers both follow it. */
import type { RuntimeId } from './capability.ts';
import type { EnvManager } from './runtime.ts';

/** What the image runs on, as builders write it. */
export type Platform = 'linux/amd64' | 'linux/arm64';

/** The whole image. */
export interface ImageRecipe {
  /** What scores in it; null where that depends on a model mounted later. */
  readonly runtime: RuntimeId | null;
  /** One line for readers, for instance `xgboost model, scored natively`. */
  readonly title: string;
  readonly base: BaseImage;
  /** In the order in which they are carried out: what changes most comes last, so that the rest stays cached. */
  readonly steps: readonly RecipeStep[];
  readonly config: ContainerConfig;
  /** What of the options has no effect, one line each. */
  readonly notes: readonly string[];
}

/** The image built upon. */
export interface BaseImage {
  readonly name: string;
  /** Why this one, for a comment. */
  readonly reason: string;
  /** True where the user named it: its user may be any, and it may lack what ours have. */
  readonly isGiven: boolean;
  /** Platforms with files of their own in {@link ImageRecipe.steps}; empty where the image is the same for all. */
  readonly platforms: readonly Platform[];
}

/** One layer. */
export type RecipeStep = FilesStep | NodeStep | SystemPackagesStep | PythonStep;

/** Files that are copied. */
export interface FilesStep {
  readonly kind: 'files';
  /** `runtime`: Slipway itself; `packages`: libraries it loads; `model`. */
  readonly name: 'runtime' | 'packages' | 'model';
  /** Why, for a comment. */
  readonly reason: string;
  readonly files: readonly RecipeFile[];
  /** Copied only into the image for this platform. Absent: into every one. */
  readonly platform?: Platform;
}

/** A file, or a folder with all that is in it, of this machine and its place in the image. */
export interface RecipeFile {
  /** Absolute path here. */
  readonly source: string;
  /** Absolute path in the image. */
  readonly target: string;
}

/** Node, copied out of its own image into a base that has none. */
export interface NodeStep {
  readonly kind: 'node';
  readonly image: string;
  /** Path of the program, the same in both images. */
  readonly file: string;
}

/** Packages of Debian or Ubuntu. */
export interface SystemPackagesStep {
  readonly kind: 'system-packages';
  readonly packages: readonly string[];
  readonly reason: string;
}

/** Python packages, installed for the interpreter of the image or into an environment of their own. */
export interface PythonStep {
  readonly kind: 'python';
  /** What is installed and why, for a comment. */
  readonly reason: string;
  readonly manager: EnvManager;
  /** Version that the model names, such as `3.11.7`; null where none does. */
  readonly python: string | null;
  /** True where the base has this Python; false where that shows only when it is built. */
  readonly isInBase: boolean;
  /** Lines installed first: pip, setuptools, wheel. */
  readonly buildDependencies: readonly string[];
  /** Lines of a requirements file, in the model's order. */
  readonly requirements: readonly string[];
  /** Lines of a constraints file. */
  readonly constraints: readonly string[];
  /** Installed last, for instance `mlflow==3.1.0` where the requirements have none. */
  readonly additions: readonly string[];
  /** What the lines name by a path: targets are relative to the folder in which the installer runs. */
  readonly files: readonly RecipeFile[];
  /** Path of conda.yaml; null for other managers. */
  readonly condaFile: string | null;
}

/** How the container runs. */
export interface ContainerConfig {
  readonly env: Readonly<Record<string, string>>;
  /** Folders before and after those of the base's PATH. */
  readonly path: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
  readonly workingDirectory: string;
  readonly ports: readonly number[];
  readonly healthcheck: Healthcheck;
  readonly labels: Readonly<Record<string, string>>;
}

/** Exec form. */
export interface Healthcheck {
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly startPeriodSeconds: number;
  readonly retries: number;
}

/** What recipes depend on besides the model. */
export interface RecipeOptions {
  /** In place of the default base. */
  readonly baseImage?: string;
  /** Default: the Linux of this machine's processor. */
  readonly platforms?: readonly Platform[];
  /** Default: chosen by model and base. */
  readonly envManager?: EnvManager;
  /** Default: where the flavor needs it. */
  readonly installJava?: boolean;
  /** Default: where the requirements have none. */
  readonly installMlflow?: boolean;
  /** Checkout of MLflow to install in place of a release. */
  readonly mlflowHome?: string;
  /** Speak MLServer's protocols too. Default: false. */
  readonly enableMlserver?: boolean;
}
