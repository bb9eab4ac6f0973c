import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { slipwayError } from '../errors/slipway-error.ts';

/**
 * Reads one of MLServer's files of settings.
 *
 * @param code of the error for a file that is no JSON or does not meet the schema
 * @throws `code`
 */
export function readSettingsFile<T extends z.ZodMiniType>(
  file: string,
  schema: T,
  code: 'INVALID_OPTION' | 'MLMODEL_INVALID',
): z.infer<T> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const [issue] = cause instanceof z.core.$ZodError ? cause.issues : [];
    const why =
      issue === undefined ? (cause as Error).message : `${issue.path.join('.')}: ${issue.message}`;
    throw slipwayError(code, `${file} cannot be read: ${why}`, { details: { file }, cause });
  }
}
