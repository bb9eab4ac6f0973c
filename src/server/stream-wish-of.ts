import type { StreamWish } from '../scoring/scoring-service.ts';

const eventStream = 'text/event-stream';

/** What the Accept header says of streams. A client that also takes JSON gets that from a model that cannot stream. */
export function streamWishOf(accept: string | undefined): StreamWish {
  if (accept === undefined || accept.length < eventStream.length) return 'asked';
  const types = accept.toLowerCase();
  if (!types.includes(eventStream)) return 'asked';
  return /application\/(json|\*)|\*\/\*/.test(types) ? 'welcome' : 'required';
}
