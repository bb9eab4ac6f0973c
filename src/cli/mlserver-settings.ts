/** `settings.json`, by which MLServer is told how to serve a folder. Source: MLServer 1.7.1 settings.py, cli/serve.py. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { hasModelSettings, readModelSettings } from '../repository/model-settings.ts';
import { readSettingsFile } from '../repository/read-settings-file.ts';
import type { MlserverValues } from './mlserver-variables.ts';

const port = z.optional(z.int().check(z.gte(0), z.lte(65_535)));

const schema = z.looseObject({
  host: z.optional(z.string()),
  http_port: port,
  grpc_port: port,
  parallel_workers: z.optional(z.int().check(z.gte(0))),
  debug: z.optional(z.boolean()),
  load_models_at_startup: z.optional(z.boolean()),
});

/** What the file in `folder` changes; nothing where there is none. @throws INVALID_OPTION */
export function serverSettings(folder: string): Partial<MlserverValues> {
  const file = path.join(folder, 'settings.json');
  if (!existsSync(file)) return {};
  const said = readSettingsFile(file, schema, 'INVALID_OPTION');
  return {
    ...(said.host !== undefined && { host: said.host }),
    ...(said.http_port !== undefined && { port: said.http_port }),
    ...(said.grpc_port !== undefined && { grpcPort: said.grpc_port }),
    ...(said.parallel_workers !== undefined && { workers: Math.max(1, said.parallel_workers) }),
    ...(said.debug === true && { verbose: true as const }),
    ...(said.load_models_at_startup === false && { modelControl: 'explicit' as const }),
  };
}

/** What `model-settings.json` says of the one model of a folder; nothing where there is none. */
export function nameSettings(
  folder: string,
): Partial<Pick<MlserverValues, 'modelName' | 'modelVersion'>> {
  if (!hasModelSettings(folder)) return {};
  const { name, version } = readModelSettings(folder);
  return {
    ...(name !== null && { modelName: name }),
    ...(version !== null && { modelVersion: version }),
  };
}
