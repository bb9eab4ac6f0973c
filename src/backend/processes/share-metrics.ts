import type { MetricsState } from '../../observe/metric-family.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SiblingLink } from './sibling-link.ts';

const topic = 'metrics';

/** Whichever process is scraped answers for all; one that is gone, or not ready yet, is left out. */
export function shareMetrics(siblings: SiblingLink, metrics: Metrics): void {
  siblings.answer(topic, () => metrics.state());
  metrics.collectFrom(async () => {
    const answers = await siblings.askAll(topic, null);
    const states = answers.flatMap((one) => ('data' in one ? [one.data as MetricsState] : []));
    return states.length === 0 ? [await metrics.state()] : states;
  });
}
