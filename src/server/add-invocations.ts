/** The routes of the scoring protocol: what is posted to them is answered by a model. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ModelRepository } from '../repository/model-repository.ts';
import type { Responder } from '../repository/preferred-responder.ts';
import type { SendError } from './answer-errors.ts';
import { bodyOf } from './body-of.ts';
import type { ReceivedMessage } from './create-app.ts';
import { notesOf } from './observed-response.ts';
import { invocationsPath, namedInvocationsPaths } from './routes.ts';
import { type AnswerStyle, sendAnswer } from './send-answer.ts';
import { sendStream } from './send-stream.ts';
import { streamWishOf } from './stream-wish-of.ts';

/** What the routes need. */
export interface InvocationOptions {
  /** Answers `/invocations`. */
  readonly service: Responder;
  /** Where there is one, each of its models has paths of its own. */
  readonly repository: ModelRepository | undefined;
  readonly style: AnswerStyle;
  readonly timeoutMs: number;
  readonly sendError: SendError;
  /** Words an error after which no answer can be sent any more. */
  readonly lateError: (request: FastifyRequest) => (error: unknown) => string;
}

/** Adds them. */
export function addInvocations(app: FastifyInstance, options: InvocationOptions): void {
  const { service, repository } = options;
  const answer = invocationAnswerer(options);
  const ofService = (): Responder => service;
  app.post(invocationsPath, (request, reply) => {
    void answer(request, reply, ofService);
  });
  if (repository === undefined) return;
  const ofName = namedResponder(repository);
  for (const url of namedInvocationsPaths) {
    app.post(url, (request, reply) => void answer(request, reply, ofName));
  }
}

type AnswerInvocation = (
  request: FastifyRequest,
  reply: FastifyReply,
  responderOf: (request: FastifyRequest) => Responder,
) => Promise<void>;

/** Answers what is posted to a path of the scoring protocol, with the model that `responderOf` finds. */
function invocationAnswerer({
  style,
  timeoutMs,
  sendError,
  lateError,
}: InvocationOptions): AnswerInvocation {
  return async (request, reply, responderOf) => {
    const received: ReceivedMessage = request.raw;
    try {
      const sent = bodyOf(request);
      const scoring = {
        body: sent,
        contentType: received.sentContentType,
        startedAtMs: received.startedAtMs ?? 0,
        caller: reply.raw,
        ...notesOf(received, sent),
      };
      const wish = streamWishOf(request.headers.accept);
      const body = await responderOf(request).respond(scoring, wish);
      if (typeof body === 'string') {
        sendAnswer(reply, { status: 200, contentType: 'application/json', body }, style);
      } else {
        await sendStream(reply, body, { style, timeoutMs, onError: lateError(request) });
      }
    } catch (error) {
      sendError(error, request, reply);
    }
  };
}

/** The model that the path names. */
function namedResponder(repository: ModelRepository): (request: FastifyRequest) => Responder {
  return ({ params }) => {
    const { model, version = null } = params as {
      readonly model: string;
      readonly version?: string;
    };
    return repository.find(model, version).service;
  };
}
