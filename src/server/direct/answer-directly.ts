import { noteFailure } from '../../observe/observer.ts';
import type { Responder } from '../../repository/preferred-responder.ts';
import type { Answer } from '../error-answer.ts';
import type { DirectRequest } from './direct-connection.ts';

/** Makes the function that answers requests of the direct way; `errorAnswer` words what was thrown. */
export function directAnswerer(
  service: Responder,
  errorAnswer: (thrown: unknown, requestBody: Uint8Array) => Answer,
): (request: DirectRequest) => Promise<Answer> {
  return async (request) => {
    try {
      const body = await service.respond(request, 'asked');
      if (typeof body !== 'string') throw new Error('the model streams, and was said not to');
      return { status: 200, contentType: 'application/json', body };
    } catch (error) {
      if (request.notes !== undefined) noteFailure(request.notes, error);
      return errorAnswer(error, request.body);
    }
  };
}
