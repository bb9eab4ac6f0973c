import type { FastifyInstance } from 'fastify';
import type { ModelRepository } from '../repository/model-repository.ts';
import { fixedRoutes, notReadyAnswer } from './routes.ts';
import { type AnswerStyle, sendAnswer } from './send-answer.ts';

/** Adds the paths with fixed content; those that speak for the model ask whether it is ready. */
export function addFixedRoutes(
  app: FastifyInstance,
  style: AnswerStyle,
  repository?: ModelRepository,
): void {
  for (const { path, head, ofModel, answer } of fixedRoutes) {
    app.route({
      method: head ? ['GET', 'HEAD'] : 'GET',
      url: path,
      handler: async (_request, reply) => {
        const why = ofModel ? (repository?.whyNotReady() ?? null) : null;
        sendAnswer(reply, why === null ? await answer() : notReadyAnswer(why), style);
      },
    });
  }
}
