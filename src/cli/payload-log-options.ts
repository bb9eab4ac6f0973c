/** Options of the log of requests and answers. */
import { type Command, Option } from 'commander';
import type { ObserveOptions } from '../contract/observe-options.ts';
import { invalidValue, takesInteger } from './parse-value.ts';

/** Values of {@link addPayloadLogOptions}. */
export interface PayloadLogValues {
  readonly payloadLog?: string;
  readonly payloadLogSample: number;
  readonly payloadLogMaxBytes: number;
  readonly payloadLogFileBytes: number;
  readonly payloadLogFiles: number;
}

/** `--payload-log` and how much of what it takes. */
export function addPayloadLogOptions(command: Command): Command {
  const sample = new Option('--payload-log-sample <SHARE>', 'Share of requests in it, 0 to 1.');
  sample.argParser((text: string) => {
    const share = Number(text);
    if (text.trim() !== '' && share >= 0 && share <= 1) return share;
    throw invalidValue(sample, `'${text}' is not a number from 0 to 1.`);
  });
  return command
    .addOption(
      new Option(
        '--payload-log <FILE>',
        'Write a sample of requests with their answers: an object of JSON a line, or Parquet where the name ends with .parquet. They may hold personal data.',
      ).env('SLIPWAY_PAYLOAD_LOG'),
    )
    .addOption(sample.env('SLIPWAY_PAYLOAD_LOG_SAMPLE').default(0.01))
    .addOption(
      takesInteger(
        new Option(
          '--payload-log-max-bytes <INT>',
          'Most bytes of a request, and of an answer, in it.',
        ),
        1,
      )
        .env('SLIPWAY_PAYLOAD_LOG_MAX_BYTES')
        .default(64 * 1024),
    )
    .addOption(
      takesInteger(
        new Option('--payload-log-file-bytes <INT>', 'Bytes after which another file is begun.'),
        1,
      )
        .env('SLIPWAY_PAYLOAD_LOG_FILE_BYTES')
        .default(64 * 2 ** 20),
    )
    .addOption(
      takesInteger(
        new Option('--payload-log-files <INT>', 'Files that are kept, the present one included.'),
        1,
      )
        .env('SLIPWAY_PAYLOAD_LOG_FILES')
        .default(5),
    );
}

/** The part of the server's options that they make up. */
export function payloadLogOptionsOf({ payloadLog, ...rest }: PayloadLogValues): ObserveOptions {
  if (payloadLog === undefined) return {};
  const { payloadLogSample, payloadLogMaxBytes, payloadLogFileBytes, payloadLogFiles } = rest;
  return { payloadLog, payloadLogSample, payloadLogMaxBytes, payloadLogFileBytes, payloadLogFiles };
}
