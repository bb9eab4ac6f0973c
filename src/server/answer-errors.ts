/** What becomes of an error of the scoring protocol: it is noted, worded, reported and sent. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyOf } from './body-of.ts';
import { catalogueErrorOf } from './catalogue-error-of.ts';
import { type Answer, answerOfError, lateErrorJson } from './error-answer.ts';
import { noteError } from './observed-response.ts';
import { type Report, reportUnexpected } from './report-unexpected.ts';
import { type AnswerStyle, sendAnswer } from './send-answer.ts';

/** What the words of an error depend on. */
export interface ErrorOptions {
  readonly compat: 'slipway' | 'mlflow';
  /** Do not repeat the request. Default: false. */
  readonly hideDetails?: boolean;
  readonly report: Report;
}

/** Answers a request that failed. */
export type SendError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** What a request that failed is answered. */
export type AnswerError = (thrown: unknown, requestBody: Uint8Array) => Answer;

/** Words errors in MLflow's wire form, and reports those that are the server's fault. */
export function errorAnswerer({ compat, hideDetails = false, report }: ErrorOptions): AnswerError {
  return (thrown, requestBody) => {
    const error = catalogueErrorOf(thrown);
    const answer = answerOfError(error, {
      compat,
      requestBody: hideDetails ? undefined : requestBody,
    });
    reportUnexpected(error, answer.status, report);
    return answer;
  };
}

/** Sends them, too. */
export function errorSender(style: AnswerStyle, errorAnswer: AnswerError): SendError {
  return (thrown, request, reply) => {
    noteError(request.raw, thrown);
    sendAnswer(reply, errorAnswer(thrown, bodyOf(request)), style);
  };
}

/** What the last event of a stream that failed says. */
export function lateErrorReporter({
  compat,
  hideDetails = false,
  report,
}: ErrorOptions): (request: FastifyRequest) => (error: unknown) => string {
  return (request) => (error) => {
    noteError(request.raw, error);
    const context = { compat, requestBody: hideDetails ? undefined : bodyOf(request) };
    reportUnexpected(error, answerOfError(error, context).status, report);
    return lateErrorJson(error, context);
  };
}
