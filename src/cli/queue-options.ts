/** Options of the queue before a model that answers only so many requests at once. */
import { type Command, Option } from 'commander';
import type { ScoringLimits } from '../contract/flavor-backend.ts';
import { booleanVariable } from './boolean-variable.ts';
import { takesInteger } from './parse-value.ts';

/** Values of {@link addQueueOptions}. */
export interface QueueValues {
  readonly maxQueue: number;
  readonly batchMaxRows: number;
  readonly batchMaxWaitMs: number;
  /** False after `--no-batching`. */
  readonly batching: boolean;
}

/** `--max-queue`, `--batch-max-rows`, `--batch-max-wait-ms`, `--no-batching`. */
export function addQueueOptions(command: Command): Command {
  return command
    .addOption(
      takesInteger(new Option('--max-queue <INT>', 'Requests that may wait for a worker.'), 0)
        .env('SLIPWAY_MAX_QUEUE')
        .default(1000),
    )
    .addOption(
      takesInteger(
        new Option('--batch-max-rows <INT>', 'Most rows of requests that are scored together.'),
        1,
      )
        .env('SLIPWAY_BATCH_MAX_ROWS')
        .default(10_000),
    )
    .addOption(
      takesInteger(
        new Option('--batch-max-wait-ms <INT>', 'How long a request waits for others to join it.'),
        0,
      )
        .env('SLIPWAY_BATCH_MAX_WAIT_MS')
        .default(0),
    )
    .option('--no-batching', 'Score each request by itself (env: SLIPWAY_NO_BATCHING).');
}

/** The part of the server's options that they make up. @throws INVALID_ENVIRONMENT_VARIABLE */
export function queueOptionsOf(values: QueueValues): ScoringLimits {
  const { maxQueue, batchMaxRows, batchMaxWaitMs } = values;
  const batching = values.batching && !booleanVariable('SLIPWAY_NO_BATCHING');
  return { maxQueue, batching, batchMaxRows, batchMaxWaitMs };
}
