/** What a worker says of itself once its model is loaded. */
import { z } from 'zod';
import type { Message } from '../../workers/message.ts';

const schema = z.looseObject({
  mlflow: z.string(),
  pandas: z.string(),
  streamable: z.boolean(),
  row_wise: z.boolean(),
  row_wise_reason: z.string(),
});

/** The `ready` message. */
export interface Ready {
  /** Version of MLflow. */
  readonly mlflow: string;
  /** Version of pandas. */
  readonly pandas: string;
  /** True if the model can stream. */
  readonly streamable: boolean;
  /** True if its rows are known to be scored independently of each other. */
  readonly rowWise: boolean;
  /** Why not; empty where they are. */
  readonly rowWiseReason: string;
}

/** Reads it. */
export function readReady({ header }: Message): Ready {
  const ready = schema.parse(header);
  return {
    mlflow: ready.mlflow,
    pandas: ready.pandas,
    streamable: ready.streamable,
    rowWise: ready.row_wise,
    rowWiseReason: ready.row_wise_reason,
  };
}

/** First number of a version; 0 where it does not begin with one. */
export function majorOf(version: string): number {
  return Number(/^\d+/.exec(version)?.[0] ?? 0);
}
