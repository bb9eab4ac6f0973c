import type { ScoringService } from '../scoring/scoring-service.ts';
import type { ModelRepository } from './model-repository.ts';

/** What answers a request of the scoring protocol. */
export type Responder = Pick<ScoringService, 'respond' | 'streams'>;

/** Answers with whatever model is the preferred one when a request comes. */
export function preferredResponder(repository: ModelRepository): Responder {
  return {
    get streams() {
      try {
        return repository.preferred().service.streams;
      } catch {
        // While there is none, the answer is an error.
        return false;
      }
    },
    respond: (request, wish) => repository.preferred().service.respond(request, wish),
  };
}
