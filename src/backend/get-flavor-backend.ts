/** The one implementation of MLflow's flavor backend, over whichever runtime was selected. */
import type { BuildImageOptions, BuiltImage } from '../contract/build-image.ts';
import type {
  FlavorBackend,
  ImageOptions,
  PredictOptions,
  PrepareEnvOptions,
  ServeOptions,
  ServerHandle,
} from '../contract/flavor-backend.ts';
import { isSlipwayError, slipwayError } from '../errors/slipway-error.ts';
import {
  type BackendOptions,
  type ResolvedBackendOptions,
  resolveBackendOptions,
} from './backend-options.ts';
import { fetchingOptions } from './fetching-options.ts';
import { prepareModel, type SelectedModel, selectModel } from './open-model.ts';
import { recipeOptionsOf } from './recipe-options.ts';
import { noRuntimeError } from './select-runtime.ts';

/** Methods that a capability names. */
type Method = keyof NonNullable<SelectedModel['runtime']>['capability']['methods'];

/**
 * Reads the model and selects its runtime. Succeeds also for a model that nothing here can score, so that
 * `canScoreModel` can say so; its methods are then refused.
 *
 * @example
 * const backend = await getFlavorBackend('./model');
 * if (await backend.canScoreModel()) await backend.predict('./model', { inputPath: 'in.json' });
 * @throws NO_FLAVOR_BACKEND, RUNTIME_UNAVAILABLE when the runtime asked for is not there, MODEL_NOT_FOUND,
 *   MODEL_URI_UNSUPPORTED, MLMODEL_INVALID
 */
export async function getFlavorBackend(
  modelUri: string,
  options: BackendOptions = {},
): Promise<FlavorBackend> {
  const resolved = resolveBackendOptions(options);
  const selected = await selectModel(modelUri, resolved.runtime, fetchingOptions(resolved));
  if (!selected.model.flavors.has('python_function') && !selected.model.flavors.has('crate')) {
    throw noRuntimeError(selected.model, selected.selection);
  }
  return new SelectedBackend(selected, resolved);
}

class SelectedBackend implements FlavorBackend {
  readonly #selected: SelectedModel;
  readonly #options: ResolvedBackendOptions;

  constructor(selected: SelectedModel, options: ResolvedBackendOptions) {
    this.#selected = selected;
    this.#options = options;
  }

  async predict(modelUri: string, options: PredictOptions = {}): Promise<void> {
    this.#require('predict');
    const { runPredict } = await import('./run-predict.ts');
    await runPredict(modelUri, options, this.#options);
  }

  serve(
    modelUri: string,
    options: ServeOptions & { readonly synchronous: false },
  ): Promise<ServerHandle>;
  serve(modelUri: string, options: ServeOptions): Promise<number | ServerHandle>;
  async serve(modelUri: string, options: ServeOptions): Promise<number | ServerHandle> {
    this.#require('serve');
    if (options.synchronous === false) {
      const { serveInChild } = await import('./serve-in-child.ts');
      return serveInChild(modelUri, options, this.#options);
    }
    const { serveHere } = await import('./serve-here.ts');
    return serveHere(modelUri, options, this.#options);
  }

  /** A native model has nothing to install: this checks that it opens. */
  async prepareEnv(modelUri: string, options: PrepareEnvOptions = {}): Promise<void> {
    this.#require('prepareEnv');
    const { captureOutput } = options;
    await prepareModel(modelUri, {
      ...this.#options,
      environment: {
        ...this.#options.environment,
        ...(captureOutput === undefined ? {} : { captureOutput }),
      },
    });
  }

  async buildImage(
    modelUri: string,
    imageName: string,
    options: BuildImageOptions = {},
  ): Promise<BuiltImage> {
    this.#require('buildImage');
    const { buildImage } = await import('./build-image.ts');
    const recipe = recipeOptionsOf(options, this.#options);
    return buildImage(modelUri, this.#options, { imageName, recipe, build: options });
  }

  async generateDockerfile(
    modelUri: string,
    outputDir: string,
    options: ImageOptions = {},
  ): Promise<void> {
    this.#require('generateDockerfile');
    const { generateDockerfile } = await import('./generate-dockerfile.ts');
    await generateDockerfile(
      modelUri,
      outputDir,
      this.#options,
      recipeOptionsOf(options, this.#options),
    );
  }

  async canScoreModel(): Promise<boolean> {
    return this.#selected.runtime !== null;
  }

  async canBuildImage(): Promise<boolean> {
    const [{ canBuild }, { modelImage }] = await Promise.all([
      import('../image/build/choose-builder.ts'),
      import('./model-image.ts'),
    ]);
    const { uri } = this.#selected.model;
    try {
      const wanted = recipeOptionsOf({}, this.#options);
      return await canBuild((await modelImage(uri, this.#options, wanted)).recipe);
    } catch (error) {
      if (isSlipwayError(error)) return false;
      throw error;
    }
  }

  /** Refuses a method that the selected runtime does not have. */
  #require(method: Method): void {
    const { runtime, model, selection } = this.#selected;
    if (runtime === null) throw noRuntimeError(model, selection);
    if (!runtime.capability.methods[method]) throw capabilityUnavailable(method, runtime.id);
  }
}

function capabilityUnavailable(method: string, runtime: string): Error {
  return slipwayError(
    'CAPABILITY_UNAVAILABLE',
    `${method} is not there yet for the ${runtime} runtime; this version can predict and serve.`,
    { details: { method, runtime } },
  );
}
