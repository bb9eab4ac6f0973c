import { slipwayError } from '../../errors/slipway-error.ts';

/**
 * The time of everything in an image, in seconds: SOURCE_DATE_EPOCH, else 0, so that an image depends on what is in it alone.
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export function sourceDateSeconds(environment: NodeJS.ProcessEnv = process.env): number {
  const text = environment['SOURCE_DATE_EPOCH'] ?? '';
  if (text === '') return 0;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `SOURCE_DATE_EPOCH must be seconds since 1970, not '${text}'.`,
  );
}
