import type { ScoringService } from '../scoring/scoring-service.ts';
import type { ModelRepository } from './model-repository.ts';

/** What answers a request of the scoring protocol. */
export type Responder = Pick<ScoringService, 'respond'>;

/** Answers with whatever model is the preferred one when a request comes. */
export function preferredResponder(repository: ModelRepository): Responder {
  return {
    respond: (request, wish) => repository.preferred().service.respond(request, wish),
  };
}
