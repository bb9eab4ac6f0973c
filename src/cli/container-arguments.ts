/** What a container of ours is told, by arguments and variables, in the words of the command line. */
import { slipwayError } from '../errors/slipway-error.ts';
import { booleanVariable } from './boolean-variable.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Where the model stands in an image, and where SageMaker mounts it. */
const modelFolder = '/opt/ml/model';

/** Variables with the port, the first that is set counts. `MLFLOW_PORT` is not among them: in Kubernetes a service called mlflow sets it. */
const portVariables = ['MLSERVER_HTTP_PORT', 'SAGEMAKER_BIND_TO_PORT', 'PORT'] as const;

/**
 * The command line of a container that got `args`: `serve` and its options with the settings of the environment
 * before them, so that what is given explicitly wins. Any other command stays as it is.
 *
 * @throws CAPABILITY_UNAVAILABLE for SageMaker's `train`, INVALID_ENVIRONMENT_VARIABLE
 */
export function containerArguments(
  args: readonly string[],
  variables: Variables = process.env,
): readonly string[] {
  const [word] = args;
  if (word === 'train') {
    throw slipwayError(
      'CAPABILITY_UNAVAILABLE',
      'train: this image serves a model that is trained already; start it with serve.',
      { details: { method: 'train' } },
    );
  }
  if (word === undefined || word.startsWith('-')) return [...serving(variables), ...args];
  return word === 'serve' ? [...serving(variables), ...args.slice(1)] : args;
}

function serving(variables: Variables): readonly string[] {
  const runtime = variables['SLIPWAY_RUNTIME'];
  return [
    'serve',
    '--model-uri',
    variables['MLSERVER_MODEL_URI'] || modelFolder,
    '--host',
    variables['MLSERVER_HOST'] || variables['HOST'] || '0.0.0.0',
    '--port',
    portOf(variables),
    ...(runtime ? ['--runtime', runtime] : []),
    // MLflow's own sign that an image has the environment already.
    ...(booleanVariable('MLFLOW_DISABLE_ENV_CREATION', variables)
      ? ['--env-manager', 'local']
      : []),
    ...(booleanVariable('ENABLE_MLSERVER', variables) ? ['--enable-mlserver'] : []),
  ];
}

function portOf(variables: Variables): string {
  const name = portVariables.find((one) => variables[one]);
  const port = name === undefined ? '8080' : (variables[name] ?? '').trim();
  if (/^\d{1,5}$/.test(port) && Number(port) < 65_536) return port;
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `${name} must be a port, 0 to 65535, not '${port}'.`,
    { details: { variable: name } },
  );
}
