import { formatMs } from './format-ms.ts';
import type { ObservedRequest } from './observed-request.ts';

/** Value of the header `Server-Timing` when the head of the answer is sent: phases in milliseconds. */
export function serverTiming({
  startedAtMs,
  parseAtMs,
  predictAtMs,
  queueMs,
  encodeAtMs,
  encodedAtMs,
}: ObservedRequest): string {
  const total = `total;dur=${formatMs(performance.now() - startedAtMs)}`;
  if (predictAtMs === 0) return total;
  const parse = `parse;dur=${formatMs(predictAtMs - parseAtMs)}, `;
  if (encodeAtMs === 0) return parse + total;
  const predict = `queue;dur=${formatMs(queueMs)}, predict;dur=${formatMs(encodeAtMs - predictAtMs - queueMs)}, `;
  const encode = encodedAtMs === 0 ? '' : `encode;dur=${formatMs(encodedAtMs - encodeAtMs)}, `;
  return parse + predict + encode + total;
}
