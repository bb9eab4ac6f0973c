/**
 * Variables by which MLServer is told what to do, so that the command can take its place: those of KServe's runtime for
 * MLServer among them. What stands on the command line wins over them, and they win over MLflow's. Source: MLServer 1.7.1
 * settings.py, Dockerfile; kserve config/runtimes/kserve-mlserver.yaml, inference_service_defaults.go.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { slipwayError } from '../errors/slipway-error.ts';
import { hasModelSettings } from '../repository/model-settings.ts';
import { nameSettings, serverSettings } from './mlserver-settings.ts';
import { booleanVariable } from './boolean-variable.ts';

/** What of the values of `serve` they can change. */
export interface MlserverValues {
  readonly modelUri?: string | undefined;
  readonly models?: string | undefined;
  readonly modelControl: 'none' | 'explicit';
  readonly host: string;
  readonly port: number;
  readonly grpcPort?: number;
  readonly workers: number;
  readonly enableMlserver?: true;
  readonly modelName?: string;
  readonly modelVersion?: string;
  readonly verbose?: true;
}

type Variables = NodeJS.ProcessEnv;

/** Where KServe puts the model. */
const mountedModel = '/mnt/models';

/** Variables that only somebody sets who starts MLServer: then its defaults hold, and no model need be named. */
const standInVariables = [
  'MLSERVER_MODEL_URI',
  'MLSERVER_MODELS_DIR',
  'MLSERVER_MODEL_IMPLEMENTATION',
] as const;

/**
 * The values with what the variables say, and what MLServer's files in the folder say, which win over the variables.
 *
 * @throws INVALID_ENVIRONMENT_VARIABLE, INVALID_OPTION, MLMODEL_INVALID, NO_FLAVOR_BACKEND
 */
export function withMlserverVariables<Values extends MlserverValues>(
  values: Values,
  command: Command,
  variables: Variables = process.env,
): Values {
  const isGiven = (option: keyof MlserverValues): boolean =>
    command.getOptionValueSource(option) === 'cli';
  const hasModel = values.modelUri !== undefined || values.models !== undefined;
  const standsIn = !hasModel && standInVariables.some((name) => isSet(variables, name));
  const said: Partial<MlserverValues> = {
    ...(standsIn && standInValues(variables, command)),
    ...changes(variables),
  };
  const { modelUri, models, enableMlserver } = { ...values, ...said };
  const folder = models ?? modelUri;
  const isMlserver = folder !== undefined && enableMlserver === true;
  const told = {
    ...said,
    ...(isMlserver && serverSettings(folder)),
    ...(models === undefined && modelUri !== undefined && nameSettings(modelUri)),
  };
  const wanted = Object.entries(told).filter(
    ([option]) => !isGiven(option as keyof MlserverValues),
  );
  return { ...values, ...Object.fromEntries(wanted) };
}

/** MLServer's defaults, where nothing else was said. */
function standInValues(variables: Variables, command: Command): Partial<MlserverValues> {
  const isDefault = (option: string): boolean => command.getOptionValueSource(option) === 'default';
  return {
    ...modelOrModels(variables),
    enableMlserver: true,
    ...(isDefault('host') && { host: '0.0.0.0' }),
    ...(isDefault('port') && { port: 8080 }),
  };
}

/** The model, or a folder of models: `MLSERVER_MODELS_DIR` may be either. */
function modelOrModels(variables: Variables): Partial<MlserverValues> {
  const { MLSERVER_MODEL_URI, MLSERVER_MODELS_DIR, MODELS_DIR } = variables;
  if (MLSERVER_MODEL_URI) return { modelUri: MLSERVER_MODEL_URI };
  const folder = MLSERVER_MODELS_DIR || MODELS_DIR || mountedModel;
  if (existsSync(path.join(folder, 'MLmodel')) || hasModelSettings(folder)) {
    return { modelUri: folder };
  }
  const loadsNone = ['false', '0'].includes(
    variables['MLSERVER_LOAD_MODELS_AT_STARTUP']?.toLowerCase() ?? '',
  );
  return { models: folder, ...(loadsNone && { modelControl: 'explicit' }) };
}

function changes(variables: Variables): Partial<MlserverValues> {
  const port = integerVariable(variables, 'MLSERVER_HTTP_PORT');
  const grpcPort = integerVariable(variables, 'MLSERVER_GRPC_PORT');
  const workers = integerVariable(variables, 'MLSERVER_PARALLEL_WORKERS');
  const host = variables['MLSERVER_HOST'];
  return {
    ...(host && { host }),
    ...(port !== undefined && { port }),
    ...(grpcPort !== undefined && { grpcPort }),
    ...(workers !== undefined && { workers: Math.max(1, workers) }),
    ...(isSet(variables, 'MLSERVER_MODEL_IMPLEMENTATION') && { enableMlserver: true as const }),
    ...(booleanVariable('MLSERVER_DEBUG', variables) && { verbose: true as const }),
  };
}

function isSet(variables: Variables, name: string): boolean {
  return (variables[name] ?? '') !== '';
}

function integerVariable(variables: Variables, name: string): number | undefined {
  const text = variables[name];
  if (text === undefined || text === '') return undefined;
  if (/^\s*\+?\d{1,15}\s*$/.test(text)) return Number(text);
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `${name} must be an integer of at least 0, not '${text}'.`,
  );
}
