/** How every image of ours runs: address, user, entry point, health check. */
import type { ContainerConfig } from '../../contract/image-recipe.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { distrolessNodeFolder } from './base-images.ts';
import { imageLabels } from './image-labels.ts';
import { slipwayFolder, slipwayMain } from './package-files.ts';

/** Where the model stands in an image; SageMaker mounts it there too. */
export const modelFolder = '/opt/ml/model';

/** Port without any setting. MLflow's images and SageMaker have the same. */
export const containerPort = 8080;

/** Port of gRPC in images that serve as MLServer does. */
const grpcPort = 8081;

/** What differs between images. */
export interface ContainerParts {
  readonly model: SavedModel | null;
  readonly env?: Readonly<Record<string, string>>;
  /** Folders before those of the base's PATH. */
  readonly path?: readonly string[];
  readonly enableMlserver?: boolean;
}

/** Makes the configuration. `node` is looked up on PATH, since bases keep it in different places. */
export function containerConfig({
  model,
  env = {},
  path = [],
  enableMlserver = false,
}: ContainerParts): ContainerConfig {
  return {
    env: {
      NODE_ENV: 'production',
      // The user has no home, and the root may be read-only.
      HOME: '/tmp',
      ...env,
      ...(enableMlserver ? { ENABLE_MLSERVER: 'true' } : {}),
    },
    path: { before: path, after: [distrolessNodeFolder] },
    // A small young generation halves the memory, and has to be asked for before Node starts.
    entrypoint: ['node', '--max-semi-space-size=1', slipwayMain, 'container'],
    command: ['serve'],
    user: '65532:65532',
    workingDirectory: '/',
    ports: enableMlserver ? [containerPort, grpcPort] : [containerPort],
    healthcheck: {
      command: ['node', `${slipwayFolder}/dist/cli/healthcheck.js`],
      intervalSeconds: 30,
      timeoutSeconds: 5,
      startPeriodSeconds: 60,
      retries: 3,
    },
    labels: imageLabels(model),
  };
}
