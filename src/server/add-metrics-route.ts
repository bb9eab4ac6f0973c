import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../observe/metrics.ts';
import { type AnswerStyle, sendAnswer } from './send-answer.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** `/metrics`, for Prometheus. It answers while models are still loaded. */
export function addMetricsRoute(app: FastifyInstance, metrics: Metrics, style: AnswerStyle): void {
  app.get('/metrics', async (_request, reply) => {
    sendAnswer(reply, { status: 200, contentType, body: await metrics.text() }, style);
  });
}
